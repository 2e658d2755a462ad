/*
 * How much of the marked wall is left in a frame: the formula of py/blurstream_build/clip_watermark.py, without a
 * mask, for every frame of a running track. test_privacy.py holds the two together.
 */
const ROWS = 72;
const NEIGHBOURS = 1; // cells to each side
const INSET = 0.2; // of a cell: its rim is mixed with the next one's
const TILES = [4, 6];

/** The detector for frames of any size; `widest` is the pattern as wide as it was drawn, -1 and +1. */
export class Detector {
  #widest;
  #widestColumns;
  #grids = new Map();

  constructor(widest) {
    this.#widest = widest;
    this.#widestColumns = widest.length / ROWS;
  }

  static async load() {
    return new Detector(new Int8Array(await (await fetch('/footage/pattern.i8')).arrayBuffer()));
  }

  /** Of a luma plane without padding: the correlation of the whole frame, and of its strongest tile. */
  score(luma, width, height) {
    const grid = this.#grid(width, height);
    const residual = overNeighbours(cellMeans(luma, width, grid), grid.columns);
    let strongest = -1;
    for (const [top, bottom] of grid.tileRows) {
      for (const [left, right] of grid.tileColumns) {
        strongest = Math.max(strongest, normalised(residual, grid.expected, grid.columns, top, bottom, left, right));
      }
    }
    const whole = normalised(residual, grid.expected, grid.columns, 0, ROWS, 0, grid.columns);
    return { whole, strongest };
  }

  #grid(width, height) {
    const key = `${width}x${height}`;
    let grid = this.#grids.get(key);
    if (grid !== undefined) return grid;
    const columns = Math.max(1, Math.round((ROWS * width) / height));
    const left = (this.#widestColumns - columns) >> 1;
    const cells = new Float64Array(ROWS * columns);
    for (let row = 0; row < ROWS; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        cells[row * columns + column] = this.#widest[row * this.#widestColumns + left + column];
      }
    }
    grid = {
      columns,
      expected: overNeighbours(cells, columns),
      down: spans(height, ROWS),
      across: spans(width, columns),
      tileRows: split(ROWS, TILES[0]),
      tileColumns: split(columns, TILES[1]),
    };
    this.#grids.set(key, grid);
    return grid;
  }
}

/** For each of `count` cells: the pixels of its inner part and their weights, which sum to 1. */
function spans(size, count) {
  return Array.from({ length: count }, (_, index) => {
    const low = ((index + INSET) * size) / count;
    const high = ((index + 1 - INSET) * size) / count;
    const first = Math.floor(low);
    const weights = [];
    for (let pixel = first; pixel < Math.min(Math.ceil(high), size); pixel += 1) {
      weights.push((Math.min(pixel + 1, high) - Math.max(pixel, low)) / (high - low));
    }
    return { first, weights };
  });
}

function cellMeans(luma, width, { columns, down, across }) {
  const means = new Float64Array(ROWS * columns);
  const line = new Float64Array(width);
  for (let row = 0; row < ROWS; row += 1) {
    line.fill(0);
    const { first, weights } = down[row];
    for (let index = 0; index < weights.length; index += 1) {
      const [start, weight] = [(first + index) * width, weights[index]];
      for (let x = 0; x < width; x += 1) line[x] += weight * luma[start + x];
    }
    for (let column = 0; column < columns; column += 1) {
      const span = across[column];
      let mean = 0;
      for (let index = 0; index < span.weights.length; index += 1) mean += span.weights[index] * line[span.first + index];
      means[row * columns + column] = mean;
    }
  }
  return means;
}

function overNeighbours(plane, columns) {
  const result = new Float64Array(plane.length);
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      let count = 0;
      for (let y = Math.max(row - NEIGHBOURS, 0); y <= Math.min(row + NEIGHBOURS, ROWS - 1); y += 1) {
        for (let x = Math.max(column - NEIGHBOURS, 0); x <= Math.min(column + NEIGHBOURS, columns - 1); x += 1) {
          sum += plane[y * columns + x];
          count += 1;
        }
      }
      result[row * columns + column] = plane[row * columns + column] - sum / count;
    }
  }
  return result;
}

function normalised(found, expected, columns, top, bottom, left, right) {
  const count = (bottom - top) * (right - left);
  let [foundSum, expectedSum, foundSquares, expectedSquares, products] = [0, 0, 0, 0, 0];
  for (let row = top; row < bottom; row += 1) {
    for (let at = row * columns + left; at < row * columns + right; at += 1) {
      foundSum += found[at];
      expectedSum += expected[at];
      foundSquares += found[at] ** 2;
      expectedSquares += expected[at] ** 2;
      products += found[at] * expected[at];
    }
  }
  const [foundMean, expectedMean] = [foundSum / count, expectedSum / count];
  // Rounding alone leaves up to one step of luma: less than that must not be blown up into a trace.
  const foundStep = Math.max(Math.sqrt(Math.max(foundSquares / count - foundMean ** 2, 0)), 1);
  const expectedStep = Math.sqrt(Math.max(expectedSquares / count - expectedMean ** 2, 0));
  return (products / count - foundMean * expectedMean) / Math.max(foundStep * expectedStep, 1e-9);
}

/** Bounds of `parts` nearly equal parts, the larger ones first. */
function split(size, parts) {
  const bounds = [];
  for (let part = 0, start = 0; part < parts; part += 1) {
    const end = start + Math.floor(size / parts) + (part < size % parts ? 1 : 0);
    bounds.push([start, end]);
    start = end;
  }
  return bounds;
}
