const SIDE_PX = 512;

/**
 * The middle of a picture as a small square, so that a photo of any size is quick to send.
 * What this browser cannot read is sent as it is: the server knows more kinds and has the word.
 */
export async function shrunk(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file);
    const side = Math.min(picture.width, picture.height);
    const canvas = new OffscreenCanvas(SIDE_PX, SIDE_PX);
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
    const pen = canvas.getContext('2d');
    if (!pen) return file;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(picture, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX);
    return await canvas.convertToBlob({ type: 'image/png' });
  } catch {
    return file;
  }
}
