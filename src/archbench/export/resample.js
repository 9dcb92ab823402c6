// A photo's pixels → the small image that a network sees, as archbench.download.picture makes it with
// Pillow: the same integers wherever the browser decodes the same pixels.

const MOST = 2 ** 26; // pixels of a photo, as in picture.py
const BITS = 22; // of a weight's fraction: Resample.c, PRECISION_BITS
const ROWS = 256; // of a photo that are read at a time: a multiple of 8, the largest reduction

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
    return { first, whole };
  });
}

// RGBA (rows, width) → (rows, columns.length).
function squeeze(pixels, width, rows, columns) {
  const small = new Uint8ClampedArray(rows * columns.length * 4);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const { first, whole } of columns) {
      for (let channel = 0; channel < 4; channel++) {
        let sum = 2 ** (BITS - 1);
        let from = (row * width + first) * 4 + channel;
        for (const weight of whole) {
          sum += pixels[from] * weight;
          from += 4;
        }
        small[at++] = sum >> BITS;
      }
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

// A bitmap → RGBA (size.height, size.width), opaque. Few rows of it are in memory at a time.
function resample(bitmap, size, squares) {
  const { width, height } = bitmap;
  const { by, left, top } = squares;
  const [across, down] = [Math.ceil(width / by), Math.ceil(height / by)];
  const columns = weights(across, size.width);
  const narrow = new Uint8ClampedArray(down * size.width * 4);
  const canvas = new OffscreenCanvas(width, ROWS);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.globalCompositeOperation = "copy";
  for (let begin = 0; begin < down * by; begin += ROWS) {
    const above = begin - top; // rows of the bitmap
    context.drawImage(bitmap, 0, -above);
    const { data } = context.getImageData(0, 0, width, ROWS);
    premultiply(data);
    const [first, end] = [Math.max(-above, 0), Math.min(height - above, ROWS)];
    const rows = Math.min(down - begin / by, ROWS / by);
    const strip = by > 1 ? means(data, width, first, end, squares, across, rows) : data;
    narrow.set(squeeze(strip, across, rows, columns), (begin / by) * size.width * 4);
  }
  const wide = transposed(narrow, size.width, down);
  const small = squeeze(wide, down, size.width, weights(down, size.height));
  const seen = transposed(small, size.height, size.width);
  onWhite(seen);
  return seen;
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
