// The filter over all images of the page, and an addressed image alone. Without this script there is
// no filter, and an addressed image stands among those of the first view.
const form = document.querySelector("#filter");
const main = document.querySelector("main");
const tiles = [...document.querySelectorAll(".tiles > li")];

// Whether the networks that are right (a string of 0 and 1, in the order of the votes) are those asked for.
const rules = {
  nobody: (right) => !right.includes("1"),
  everyone: (right) => !right.includes("0"),
  only: (right, number) => right.indexOf("1") === number && right.lastIndexOf("1") === number,
  right: (right, number) => right[number] === "1",
  wrong: (right, number) => right[number] === "0",
};

function matches({ label, guess, confidence, right }, asked) {
  const [rule, number] = asked.who.split("-");
  const [least, below] = asked.confidence.split("-").map(Number);
  return (
    (!asked.label || asked.label === label) &&
    (!asked.guess || asked.guess === guess) &&
    (!asked.who || rules[rule](right, Number(number))) &&
    (!asked.confidence || (confidence >= least && confidence < below))
  );
}

function show() {
  const asked = Object.fromEntries(new FormData(form));
  const active = Object.values(asked).some(Boolean);
  main.classList.toggle("filtered", active);
  main.classList.toggle("alone", location.hash.startsWith("#image-"));
  let count = 0;
  for (const tile of tiles) {
    const match = active && matches(tile.dataset, asked);
    tile.classList.toggle("match", match);
    count += match;
  }
  form.querySelector("output").textContent = active ? `${count} of ${tiles.length} images` : "";
}

form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show)); // after the fields are empty
window.addEventListener("hashchange", () => form.reset()); // an address leads out of the filter
show(); // a browser may have kept the fields over a reload
