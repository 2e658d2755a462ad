import { i420Init, type FrameShape } from './shape.js';

// A soft dark grey-blue, as limited-range BT.709: calm to look at, and plainly no picture.
const VEIL_Y = 62;
const VEIL_U = 134;
const VEIL_V = 124;

/** Makes flat frames from numbers alone. A veil of the same look as the last one shares its memory. */
export class VeilMaker {
  #template: VideoFrame | null = null;
  #look = '';

  make(shape: FrameShape): VideoFrame {
    const { timestamp, duration, ...rest } = shape;
    const look = JSON.stringify(rest);
    if (this.#template === null || look !== this.#look) {
      this.close();
      this.#template = paint(shape);
      this.#look = look;
    }
    return new VideoFrame(this.#template, { timestamp, ...(duration === null ? {} : { duration }) });
  }

  close(): void {
    this.#template?.close();
    this.#template = null;
  }
}

function paint(shape: FrameShape): VideoFrame {
  const { width, height } = shape;
  const [chromaWidth, chromaHeight] = [(width + 1) >> 1, (height + 1) >> 1];
  const [luma, chroma] = [width * height, chromaWidth * chromaHeight];
  const planes = new Uint8Array(luma + 2 * chroma);
  planes.fill(VEIL_Y, 0, luma);
  planes.fill(VEIL_U, luma, luma + chroma);
  planes.fill(VEIL_V, luma + chroma);
  return new VideoFrame(planes, i420Init(shape, width, height, [
    { offset: 0, stride: width },
    { offset: luma, stride: chromaWidth },
    { offset: luma + chroma, stride: chromaWidth },
  ]));
}
