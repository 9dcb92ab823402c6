// Photos → answers on the page. `ort` is ONNX Runtime Web, which page.py puts before this, with jpeg.js and resample.js.

const { classes, size, channels } = JSON.parse(document.querySelector("#network").textContent);
const SHOWN = 5; // classes of an answer at most
const SIDE = 96; // of a picture on the page, in pixels: 6rem in try.html.j2
const [most, longest] = [MOST, LONGEST].map((one) => one.toLocaleString("en"));
const TOO_LARGE = `This picture is too large: it should have at most ${most} pixels, and at most ${longest} on a side.`;
const status = document.querySelector("#status");
const answers = document.querySelector("#answers");
const input = document.querySelector("input");
const zone = document.querySelector(".zone");
const session = load();
let turn = session.then(
  () => (status.textContent = "The network is ready."),
  (error) => (status.textContent = `The network cannot run in this browser: ${reason(error)}`),
); // photos wait for it, and then for one another
let [asked, done] = [0, 0];

async function load() {
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1; // more would need a server and its headers
  ort.env.wasm.wasmBinary = await unpacked("#runtime");
  return ort.InferenceSession.create(new Uint8Array(await unpacked("#model")));
}

// What page.py packed. Its text leaves the page, for memory.
async function unpacked(name) {
  const packed = document.querySelector(name);
  packed.remove();
  const text = atob(packed.textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

// The latest photos come first, in their order.
function add(files) {
  const tiles = files.map((file) => tile(file.name));
  answers.prepend(...tiles);
  asked += files.length;
  files.forEach((file, number) => {
    turn = turn
      .then(() => answer(file, tiles[number]))
      .catch((error) => (tiles[number].querySelector(".state").textContent = reason(error)))
      .then(() => (status.textContent = `${++done} of ${asked} photos done.`));
  });
}

async function answer(file, tile) {
  const bitmap = await decode(file);
  const values = levels(resample(bitmap, size, await squares(file, bitmap, size)), channels);
  const images = new ort.Tensor("uint8", values, [1, size.height, size.width, channels]);
  const { probabilities } = await (await session).run({ images });
  draw(tile.querySelector(".photo"), bitmap);
  drawSeen(tile.querySelector(".seen"), values);
  tile.querySelector("ol").append(...rows(probabilities.data));
  tile.querySelector(".state").remove();
  tile.querySelector(".answer").hidden = false;
  bitmap.close();
}

async function decode(file) {
  if (!file.size) throw new Error("This file is empty.");
  const how = { colorSpaceConversion: "none", premultiplyAlpha: "none", imageOrientation: "from-image" };
  const bitmap = await createImageBitmap(file, how).catch(() => {
    throw new Error("This file is no picture that this browser can read.");
  });
  if (bitmap.width * bitmap.height > MOST || Math.max(bitmap.width, bitmap.height) > LONGEST) throw new Error(TOO_LARGE);
  return bitmap;
}

function tile(name) {
  const made = document.querySelector("#tile").content.firstElementChild.cloneNode(true);
  made.querySelector("h2").textContent = name;
  made.querySelector(".photo").setAttribute("aria-label", name);
  made.querySelector(".seen").setAttribute("aria-label", `The network's view of ${name}`);
  return made;
}

function draw(canvas, bitmap) {
  const scale = Math.min(SIDE / Math.max(bitmap.width, bitmap.height), 1) * devicePixelRatio;
  canvas.width = Math.max(Math.round(bitmap.width * scale), 1);
  canvas.height = Math.max(Math.round(bitmap.height * scale), 1);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}

// Each pixel enlarged to a square.
function drawSeen(canvas, values) {
  [canvas.width, canvas.height] = [size.width, size.height];
  canvas.style.width = `${size.width * Math.max(Math.floor(SIDE / size.width), 1)}px`;
  const image = new ImageData(size.width, size.height);
  image.data.forEach((_, at) => {
    const [pixel, channel] = [at >> 2, at % 4];
    image.data[at] = channel === 3 ? 255 : values[pixel * channels + (channels === 1 ? 0 : channel)];
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function rows(probabilities) {
  const best = [...classes.keys()].sort((one, other) => probabilities[other] - probabilities[one]);
  return best.slice(0, SHOWN).map((number) => {
    const row = document.querySelector("#row").content.firstElementChild.cloneNode(true);
    const share = probabilities[number];
    row.querySelector(".name").textContent = classes[number];
    row.querySelector(".bar span").style.width = `${100 * share}%`;
    row.querySelector("data").value = share;
    row.querySelector("data").textContent = percent(share);
    return row;
  });
}

function percent(share) {
  const rounded = (100 * share).toFixed(1);
  return rounded === "100.0" && share < 1 ? ">99.9 %" : `${rounded} %`;
}

function reason(error) {
  return error?.message ?? String(error);
}

input.addEventListener("change", () => {
  add([...input.files]);
  input.value = ""; // the same photo may be chosen again
});
// A photo that is dropped beside the zone counts too: the browser would leave the page for it.
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") add([...event.dataTransfer.files]);
  });
}
