// A large JPEG is reduced while Python decodes it: to the means of squares of 2, 4 or 8 pixels. Browsers decode
// the whole, so the page takes the means. Other files have squares of one pixel.

const EXIF = 0x45786966; // "Exif"
const ORIENTATION = 0x0112; // the tag

// How large the squares are, and how far the first one reaches beyond the upright photo's left and upper edge.
async function squares(file, { width, height }, size) {
  const start = new DataView(await file.slice(0, 2 ** 17).arrayBuffer());
  if (start.byteLength < 4 || start.getUint16(0) !== 0xffd8) return { by: 1, left: 0, top: 0 };
  const spare = Math.min(Math.floor(width / (2 * size.width)), Math.floor(height / (2 * size.height)));
  const by = [8, 4, 2].find((one) => one <= spare) ?? 1;
  const turned = orientation(start);
  return {
    by, // they begin where the file does, whose first pixel is then in another corner
    left: [2, 3, 6, 7].includes(turned) ? -width & (by - 1) : 0,
    top: [3, 4, 7, 8].includes(turned) ? -height & (by - 1) : 0,
  };
}

// 1 to 8, as Exif has it of the camera; 1 where nothing is said.
function orientation(bytes) {
  for (let at = 2; at + 20 < bytes.byteLength && bytes.getUint8(at) === 0xff; at += 2 + bytes.getUint16(at + 2))
    if (bytes.getUint16(at) === 0xffe1 && bytes.getUint32(at + 4) === EXIF) return tag(bytes, at + 10);
  return 1;
}

// Of the TIFF header at `begin` and the first directory that it names.
function tag(bytes, begin) {
  const little = bytes.getUint16(begin) === 0x4949;
  const directory = begin + bytes.getUint32(begin + 4, little);
  const entries = directory + 2 <= bytes.byteLength ? bytes.getUint16(directory, little) : 0;
  for (let number = 0, at = directory + 2; number < entries && at + 12 <= bytes.byteLength; number++, at += 12)
    if (bytes.getUint16(at, little) === ORIENTATION) return bytes.getUint16(at + 8, little);
  return 1;
}

// Means of squares of `by` pixels of RGBA (…, width), across × down of them from (-left, -top) on. Only rows from
// `first` to before `end` are there; beyond an edge its pixels go on, as JPEG's blocks have it.
function means(pixels, width, first, end, { by, left }, across, down) {
  if (by === 1) return pixels.subarray(0, across * down * 4);
  const small = new Uint8ClampedArray(across * down * 4);
  for (let place = 0; place < across * down; place++) {
    const [x, y] = [(place % across) * by - left, Math.floor(place / across) * by];
    for (let channel = 0; channel < 4; channel++) {
      let sum = (by * by) >> 1;
      for (let row = y; row < y + by; row++) {
        const begin = Math.min(Math.max(row, first), end - 1) * width;
        for (let column = x; column < x + by; column++)
          sum += pixels[(begin + Math.min(Math.max(column, 0), width - 1)) * 4 + channel];
      }
      small[place * 4 + channel] = Math.trunc(sum / (by * by));
    }
  }
  return small;
}
