// A photo's pixels → the small image that a network sees, as archbench.download.picture makes it with
// Pillow: the same integers wherever the browser decodes the same pixels.

const MOST = 2 ** 26; // pixels of a photo, as in picture.py
const LONGEST = 2 ** 16 - 1; // of its sides, which a canvas can have
const BITS = 22; // of a weight's fraction: Resample.c, PRECISION_BITS
const HALF = 2 ** (BITS - 1); // what rounds a sum
const ROWS = 256; // of a photo that are read at a time: a multiple of 8, the largest squares

// Keys' cubic convolution with a = -1/2.
function bicubic(x) {
  x = Math.abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

// Per output pixel its first input pixel and the integer weights of that one and the following.
function weights(input, output) {
  const scale = input / output;
  const stretch = Math.max(scale, 1); // the wider, the more is averaged: antialiasing
  return Array.from({ length: output }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - 2 * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(centre + 2 * stretch + 0.5), input);
    const shares = [];
    for (let x = first; x < end; x++) shares.push(bicubic((x - centre + 0.5) * (1 / stretch)));
    const sum = shares.reduce((total, share) => total + share, 0);
    const whole = shares.map((share) => Math.trunc((share / sum) * 2 ** BITS + (share < 0 ? -0.5 : 0.5)));
    return { first, whole: Int32Array.from(whole) };
  });
}

// RGBA (rows, width) → (rows, columns.length).
function squeeze(pixels, width, rows, columns) {
  const small = new Uint8ClampedArray(rows * columns.length * 4);
  for (let row = 0, at = 0; row < rows; row++) {
    for (const { first, whole } of columns) {
      let [red, green, blue, alpha] = [HALF, HALF, HALF, HALF];
      let from = (row * width + first) * 4;
      for (let tap = 0; tap < whole.length; tap++, from += 4) {
        const weight = whole[tap];
        red += pixels[from] * weight;
        green += pixels[from + 1] * weight;
        blue += pixels[from + 2] * weight;
        alpha += pixels[from + 3] * weight;
      }
      small[at++] = red >> BITS;
      small[at++] = green >> BITS;
      small[at++] = blue >> BITS;
      small[at++] = alpha >> BITS;
    }
  }
  return small;
}

// RGBA (height, width) → (width, height): a pass over columns is one over rows of this.
function transposed(pixels, width, height) {
  const turned = new Uint8ClampedArray(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 4; channel++)
        turned[(x * height + y) * 4 + channel] = pixels[(y * width + x) * 4 + channel];
  return turned;
}

// x / 255, rounded, of x up to 255 · 255, as Pillow divides.
function over255(x) {
  return (((x + 128) >> 8) + x + 128) >> 8;
}

function premultiply(pixels) {
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at + 3] < 255)
      for (let colour = at; colour < at + 3; colour++)
        pixels[colour] = over255(pixels[colour] * pixels[at + 3]);
}

// Colours that are not premultiplied any more, on white.
function onWhite(pixels) {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3];
    for (let colour = at; colour < at + 3; colour++) {
      const pure = alpha ? Math.min(Math.trunc((255 * pixels[colour]) / alpha), 255) : 0;
      pixels[colour] = over255(pure * alpha + 255 * (255 - alpha));
    }
    pixels[at + 3] = 255;
  }
}

// A bitmap → RGBA (size.height, size.width), opaque.
function resample(bitmap, size, squares) {
  const upright = { width: bitmap.width, height: bitmap.height, ...squares };
  const spare = (whole, wanted) => Math.ceil(whole / squares.by) - wanted;
  const [high, wide] = [spare(bitmap.height, size.height), spare(bitmap.width, size.width)];
  const tall = high > 0 && high > 2 * wide; // of these Pillow 13 resizes the columns first
  const seen = tall
    ? transposed(twoPasses(bitmap, turned(upright), turned(size)), size.height, size.width)
    : twoPasses(bitmap, upright, size);
  onWhite(seen);
  return seen;
}

function turned({ width, height, by, left, top }) {
  return { width: height, height: width, by, left: top, top: left, columnsFirst: true };
}

// Rows, then columns; each rounded.
function twoPasses(bitmap, photo, size) {
  const [across, down] = [Math.ceil(photo.width / photo.by), Math.ceil(photo.height / photo.by)];
  const narrow = new Uint8ClampedArray(down * size.width * 4);
  const columns = weights(across, size.width);
  let at = 0;
  for (const strip of strips(bitmap, photo, across, down)) {
    const squeezed = squeeze(strip, across, strip.length / across / 4, columns);
    narrow.set(squeezed, at);
    at += squeezed.length;
  }
  const columnwise = transposed(narrow, size.width, down);
  const small = squeeze(columnwise, down, size.width, weights(down, size.height));
  return transposed(small, size.height, size.width);
}

// The photo's reduced pixels, premultiplied, few rows at a time for memory.
function* strips(bitmap, photo, across, down) {
  const { width, height, by, top } = photo;
  const canvas = new OffscreenCanvas(width, ROWS);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.globalCompositeOperation = "copy";
  context.imageSmoothingEnabled = false;
  for (let begin = 0; begin < down * by; begin += ROWS) {
    const above = begin - top; // rows of the photo
    if (photo.columnsFirst) context.setTransform(0, 1, 1, 0, 0, -above);
    else context.setTransform(1, 0, 0, 1, 0, -above);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, ROWS);
    premultiply(data);
    const [first, end] = [Math.max(-above, 0), Math.min(height - above, ROWS)];
    const rows = Math.min(down - begin / by, ROWS / by);
    yield means(data, width, first, end, photo, across, rows);
  }
}

// RGBA → a network's channels: 3, or 1 as Pillow's mode L.
function levels(pixels, channels) {
  const values = new Uint8Array((pixels.length / 4) * channels);
  for (let at = 0, to = 0; at < pixels.length; at += 4) {
    const [red, green, blue] = pixels.subarray(at, at + 3);
    if (channels === 1) values[to++] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    else for (const value of [red, green, blue]) values[to++] = value;
  }
  return values;
}
