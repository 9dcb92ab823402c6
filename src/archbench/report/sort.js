for (const table of document.querySelectorAll("table.sortable")) {
  table.tHead.querySelectorAll("th").forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, head, column));
  });
}

function sort(table, head, column) {
  const down = head.getAttribute("aria-sort") !== "descending";
  for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const text = (row) => row.cells[column].textContent.trim();
  const compare = (a, b) => {
    const [one, other] = [number(text(a)), number(text(b))];
    if (isNaN(one) !== isNaN(other)) return isNaN(one) ? 1 : -1; // no number: last, either way
    const order = one - other || text(a).localeCompare(text(b)); // equals, and texts, whose NaN is false
    if ((text(a) === "-") !== (text(b) === "-")) return text(a) === "-" ? 1 : -1;
    return down ? -order : order;
  };
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
}

// The number that a cell begins with, whatever bracket or sign is before it, times its unit: "[0.62, 1.29]", "< 0.001",
// "20 min", "0.8 MFLOP", "1.2 kWh", "498 k". "resnet18" and "more images" are text.
const UNITS = { min: 60, h: 3600, d: 86400, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, Z: 1e21 };

function number(text) {
  const found = text.match(/^[[(<>≤≥\s]*([-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?)(?:\s(min|[hdkMGTPEZ])(?=FLOP\b|Wh\b|B\b|\b))?/);
  if (!found) return NaN;
  return parseFloat(found[1].replaceAll(",", "").replace("−", "-")) * (UNITS[found[2]] ?? 1);
}
