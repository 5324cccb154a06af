// Where the numbers stand around the frames: near their own, on no other number, on few other frames, in the picture.
// The rule is that of vision/report/drawing.py (`place_tags`).

const RINGS = [0.6, 1.4, 2.8, 4.4, 6.2];

/** A box in pixels of the window: [left, top, right, bottom]. Returns a centre [x, y] for each frame. */
export function placeTags(frames, radius, [width, height]) {
  const taken = [];
  return frames.map((frame, own) => {
    let best = null;
    let least = Infinity;
    const middle = [(frame[0] + frame[2]) / 2, (frame[1] + frame[3]) / 2];
    for (const [x, y] of spots(frame, radius)) {
      const square = [x - radius, y - radius, x + radius, y + radius];
      let cost = (0.08 * Math.hypot(x - middle[0], y - middle[1])) / radius;
      cost += 20 * (1 - covered(square, [0, 0, width, height]));
      for (const other of taken) cost += 12 * covered(square, other);
      for (const [at, other] of frames.entries()) cost += (at === own ? 1.2 : 3) * covered(square, other);
      if (cost < least) {
        least = cost;
        best = [x, y];
      }
    }
    const center = [clamp(best[0], radius, width - radius), clamp(best[1], radius, height - radius)];
    const reach = 1.1 * radius;
    taken.push([center[0] - reach, center[1] - reach, center[0] + reach, center[1] + reach]);
    return center;
  });
}

function* spots(frame, radius) {
  const x = (frame[0] + frame[2]) / 2;
  const y = (frame[1] + frame[3]) / 2;
  for (const ring of RINGS) {
    const [left, top, right, bottom] = [frame[0] - ring * radius, frame[1] - ring * radius, frame[2] + ring * radius, frame[3] + ring * radius];
    yield* [[left, top], [right, top], [x, top], [left, bottom], [right, bottom], [x, bottom], [left, y], [right, y]];
  }
}

/** The shared area of two boxes as a part of the smaller one. */
function covered(a, b) {
  const shared = Math.max(Math.min(a[2], b[2]) - Math.max(a[0], b[0]), 0) * Math.max(Math.min(a[3], b[3]) - Math.max(a[1], b[1]), 0);
  const smaller = Math.min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]));
  return shared / Math.max(smaller, 1e-9);
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
