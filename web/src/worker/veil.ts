import { i420Init, type FrameShape } from './shape.js';

// A soft dark grey-blue, as limited-range BT.709: calm to look at, and plainly no picture.
const VEIL_Y = 62;
const VEIL_U = 134;
const VEIL_V = 124;

/**
 * Makes flat frames from numbers alone. Each is a frame of its own: a copy of one frame with another
 * timestamp keeps the old timestamp on the track.
 */
export class VeilMaker {
  #planes = new Uint8Array(0);
  #width = 0;
  #height = 0;

  make(shape: FrameShape): VideoFrame {
    const { width, height } = shape;
    const [chromaWidth, chromaHeight] = [(width + 1) >> 1, (height + 1) >> 1];
    const [luma, chroma] = [width * height, chromaWidth * chromaHeight];
    if (width !== this.#width || height !== this.#height) {
      this.#planes = new Uint8Array(luma + 2 * chroma);
      this.#planes.fill(VEIL_Y, 0, luma);
      this.#planes.fill(VEIL_U, luma, luma + chroma);
      this.#planes.fill(VEIL_V, luma + chroma);
      [this.#width, this.#height] = [width, height];
    }
    return new VideoFrame(
      this.#planes,
      i420Init(shape, width, height, [
        { offset: 0, stride: width },
        { offset: luma, stride: chromaWidth },
        { offset: luma + chroma, stride: chromaWidth },
      ]),
    );
  }
}
