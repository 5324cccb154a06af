// A thumbnail with its marks drawn over it; where the page holds no thumbnail, the marks on an empty photo.
const CROWD = 10;

/**
 * The marks as a drawing that lies on the photo. `unit` is how many pixels of the photo one pixel of the screen is;
 * `numbered` puts the numbers beside the boxes. Round is flag, square is review, as in every picture of the product.
 */
function marksOver([width, height], marks, unit, { numbered, sketch }) {
  const over = draw("svg", {
    class: "marks", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "xMidYMid meet", "aria-hidden": "true",
  });
  if (sketch) over.append(draw("rect", { class: "sketch", x: 0, y: 0, width, height }));
  const line = (marks.length > CROWD ? 1.6 : 2.6) * unit;
  const frames = marks.map((mark) => grown(mark, 16 * unit, [width, height]));
  // The gravest come first, so they are drawn last.
  marks.map((mark, at) => [mark, frames[at]]).reverse().forEach(([mark, frame]) => {
    const kind = mark.severity ? "review" : "flag";
    const shape = { ...frame, fill: "none", "data-mark": mark.number };
    const dashes = mark.severity ? `${3.2 * line} ${1.8 * line}` : null;
    over.append(draw("rect", { ...shape, class: "casing", "stroke-width": 1.8 * line, "stroke-dasharray": dashes }));
    over.append(draw("rect", { ...shape, class: `box is-${kind}`, "stroke-width": line, "stroke-dasharray": dashes }));
  });
  if (numbered) over.append(...numbers(marks, frames, unit, [width, height]));
  return over;
}

/** A frame that is large enough to be seen, in the photo. */
function grown({ left, top, width, height }, least, [right, bottom]) {
  const [w, h] = [Math.max(width, least), Math.max(height, least)];
  const [x, y] = [left + (width - w) / 2, top + (height - h) / 2];
  const [x0, y0] = [Math.max(x, 0), Math.max(y, 0)];
  return { x: x0, y: y0, width: Math.min(x + w, right) - x0, height: Math.min(y + h, bottom) - y0 };
}

/** The number of each mark on a plate, at the corner of its box where the fewest other plates and boxes are. */
function numbers(marks, frames, unit, [right, bottom]) {
  const radius = (marks.length > CROWD ? 8 : 11) * unit;
  const taken = [];
  return marks.map((mark, at) => {
    const { x, y, width, height } = frames[at];
    const near = 0.5 * radius;
    const spots = [
      [x - near, y - near], [x + width + near, y - near], [x - near, y + height + near],
      [x + width + near, y + height + near], [x + width / 2, y - 1.2 * radius], [x + width / 2, y + height + 1.2 * radius],
    ].map(([cx, cy]) => [
      Math.min(Math.max(cx, radius), Math.max(right - radius, radius)),
      Math.min(Math.max(cy, radius), Math.max(bottom - radius, radius)),
    ]);
    const cost = ([cx, cy]) => {
      const plates = taken.filter(([tx, ty]) => Math.hypot(tx - cx, ty - cy) < 2.1 * radius).length;
      const boxes = frames.filter((frame, other) => other !== at && meets(frame, cx, cy, radius)).length;
      return 10 * plates + boxes;
    };
    const best = spots.reduce((one, other) => (cost(other) < cost(one) ? other : one));
    taken.push(best);
    return plate(mark, best, radius);
  });
}

const meets = ({ x, y, width, height }, cx, cy, radius) =>
  cx + radius > x && cx - radius < x + width && cy + radius > y && cy - radius < y + height;

function plate(mark, [cx, cy], radius) {
  const kind = mark.severity ? "review" : "flag";
  const side = 0.9 * radius;
  const shape = mark.severity
    ? draw("rect", { x: cx - side, y: cy - side, width: 2 * side, height: 2 * side, "stroke-width": 0.18 * radius })
    : draw("circle", { cx, cy, r: radius, "stroke-width": 0.18 * radius });
  const size = radius * (mark.number > 99 ? 0.85 : mark.number > 9 ? 1.1 : 1.35);
  const digits = draw("text", { x: cx, y: cy, "font-size": size, dy: "0.36em", "text-anchor": "middle" }, mark.number);
  return draw("g", { class: `plate is-${kind}`, "data-mark": mark.number }, shape, digits);
}

/** Fill `frame` with an entry's picture, now or when it has been loaded; it is shown in about `box` screen pixels. */
function showPicture(frame, at, box, alt, crowdNumbered) {
  frame.replaceChildren(make("span", { class: "loading" }, say("loading")));
  whenThere(() => {
    const [details, address] = [detailsOf(at), pictureOf(at)];
    if (details === null || address === null) return false;
    const size = details.size ?? [4, 3];
    const unit = Math.max(size[0] / box[0], size[1] / box[1]);
    const numbered = crowdNumbered || details.marks.length <= CROWD;
    const parts = [];
    if (address) parts.push(make("img", { src: address, alt, decoding: "async", draggable: "false" }));
    if (details.marks.length || !address) {
      parts.push(marksOver(size, details.marks, unit, { numbered, sketch: !address }));
    }
    if (!address) parts.push(make("span", { class: "without" }, say("no_picture")));
    frame.replaceChildren(...parts);
    return true;
  });
}
