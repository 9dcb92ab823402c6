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

// How much a JPEG is reduced while it is decoded in Python, where it is far larger than needed.
function reduction(width, height, size) {
  const spare = Math.min(Math.floor(width / (2 * size.width)), Math.floor(height / (2 * size.height)));
  return [8, 4, 2].find((one) => one <= spare) ?? 1;
}

// Means of squares of `by` pixels, at the right and lower edge of what there is of them.
function reduced(pixels, width, height, by) {
  const [across, down] = [Math.ceil(width / by), Math.ceil(height / by)];
  const small = new Uint8ClampedArray(across * down * 4);
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const [right, low] = [Math.min((x + 1) * by, width), Math.min((y + 1) * by, height)];
      const count = (right - x * by) * (low - y * by);
      for (let channel = 0; channel < 4; channel++) {
        let sum = count >> 1;
        for (let row = y * by; row < low; row++)
          for (let column = x * by; column < right; column++)
            sum += pixels[(row * width + column) * 4 + channel];
        small[(y * across + x) * 4 + channel] = Math.trunc(sum / count);
      }
    }
  return small;
}

// A bitmap → RGBA (size.height, size.width), opaque. Few rows are in memory at a time.
function resample(bitmap, size, jpeg) {
  const { width, height } = bitmap;
  const by = jpeg ? reduction(width, height, size) : 1;
  const columns = weights(Math.ceil(width / by), size.width);
  const narrow = new Uint8ClampedArray(Math.ceil(height / by) * size.width * 4);
  const canvas = new OffscreenCanvas(width, Math.min(ROWS, height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.globalCompositeOperation = "copy";
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    context.drawImage(bitmap, 0, -top);
    let pixels = context.getImageData(0, 0, width, rows).data;
    premultiply(pixels);
    if (by > 1) pixels = reduced(pixels, width, rows, by);
    const strip = squeeze(pixels, Math.ceil(width / by), Math.ceil(rows / by), columns);
    narrow.set(strip, (top / by) * size.width * 4);
  }
  const tall = Math.ceil(height / by);
  const turned = transposed(narrow, size.width, tall);
  const small = squeeze(turned, tall, size.width, weights(tall, size.height));
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
