// A picture from camera or gallery as a JPEG of at most 1600 px, drawn anew: upright, and nothing of its metadata left.
const LONGEST = 1600;
const THUMB = 192;
const LARGEST_BYTES = 25 * 1024 * 1024;
const QUALITY = 0.8;

// `code`: too_big, not_image or cannot_read.
export class BadPhoto extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** {blob, thumb, width, height} of a file. Raises BadPhoto. */
export async function shrink(file) {
  if (file.size > LARGEST_BYTES) throw new BadPhoto("too_big");
  if (file.type && !file.type.startsWith("image/")) throw new BadPhoto("not_image");
  const picture = await decode(file);
  try {
    const blob = await jpeg(picture, LONGEST);
    const thumb = await jpeg(picture, THUMB);
    return { blob, thumb, width: picture.width, height: picture.height };
  } finally {
    picture.close();
  }
}

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new BadPhoto("cannot_read");
  }
}

async function jpeg(picture, longest) {
  const share = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  const pen = canvas.getContext("2d", { alpha: false });
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new BadPhoto("cannot_read");
  return blob;
}

/** Draws a small picture into a canvas of the page, cut to its square. */
export async function drawThumb(canvas, blob) {
  const picture = await createImageBitmap(blob);
  const side = Math.min(picture.width, picture.height);
  canvas.width = canvas.height = THUMB;
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, THUMB, THUMB);
  picture.close();
}
