// The photo with its numbered marks: frames and numbers in pixels of the window, so that they stay the same size however
// far the photo is enlarged. Choosing marks dims the others and goes near to them.

import { button, el, still, svg } from "./dom.js";
import { t } from "./language.js";
import { clamp, placeTags } from "./tags.js";

const NEAR = 6; // most times that a photo is enlarged
const ROOM = 1.9; // what is chosen fills 1/ROOM of the window
const MOVE_MS = 220;
const MANY = 12;
const CHAINS = [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [5, 9, 10, 11, 12], [9, 13, 14, 15, 16], [13, 17, 18, 19, 20], [0, 17]];

export class Stage {
  /**
   * photo: { url, width, height }, the size being that of the answer's pixels, whatever the picture's is.
   * marks, hands: of the answer. `onChoose(mark | null)` when somebody taps a number, or the photo beside all of them.
   */
  constructor({ photo, marks, hands, alt, onChoose }) {
    this.photo = photo;
    this.marks = marks;
    this.hands = hands;
    this.chosen = new Set();
    this.view = this.goal = { x: photo.width / 2, y: photo.height / 2, zoom: 1 };
    this.image = el("img", { class: "stage-photo", src: photo.url, alt, decoding: "async", draggable: false });
    this.frames = svg("svg", { class: "stage-frames", "aria-hidden": "true" });
    this.tags = marks.map((mark) => this.tag(mark, onChoose));
    this.whole = button(t("answer.whole"), { kind: "small stage-whole", picture: "whole", hidden: true, on: { click: () => onChoose(null) } });
    this.whole.lastElementChild.className = "narrow-hidden"; // the photo is small there, and the picture says it
    this.window = el("div", { class: "stage-window", on: { click: () => onChoose(null) } }, this.image, this.frames, this.tags);
    this.element = el("div", { class: "stage" }, this.window, this.whole);
    this.window.style.aspectRatio = `${photo.width} / ${photo.height}`;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.window);
  }

  tag(mark, onChoose) {
    const choose = (event) => {
      event.stopPropagation();
      onChoose(mark);
    };
    const element = el("button", { type: "button", class: `tag is-${mark.severity}`, "aria-pressed": "false", on: { click: choose } }, `${mark.number}`);
    element.ariaLabel = t("answer.mark", { number: mark.number, label: mark.label });
    // Where there are very many, the reasons lead to them in fewer steps.
    if (this.marks.length > MANY) element.tabIndex = -1;
    return element;
  }

  /** Show these marks and dim the others; none: the whole photo. */
  choose(marks) {
    this.chosen = new Set(marks);
    this.whole.hidden = marks.length === 0;
    for (const [at, mark] of this.marks.entries()) {
      this.tags[at].ariaPressed = String(this.chosen.has(mark));
      this.tags[at].classList.toggle("is-dim", marks.length > 0 && !this.chosen.has(mark));
    }
    this.moveTo(marks.length ? this.viewOf(marks) : { x: this.photo.width / 2, y: this.photo.height / 2, zoom: 1 });
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }

  viewOf(marks) {
    const left = Math.min(...marks.map((mark) => mark.box[0]));
    const top = Math.min(...marks.map((mark) => mark.box[1]));
    const right = Math.max(...marks.map((mark) => mark.box[0] + mark.box[2]));
    const bottom = Math.max(...marks.map((mark) => mark.box[1] + mark.box[3]));
    const { width, height, fit } = this.size();
    const zoom = Math.min(width / fit / ((right - left) * ROOM), height / fit / ((bottom - top) * ROOM));
    return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: clamp(zoom, 1, NEAR) };
  }

  size() {
    const { clientWidth: width, clientHeight: height } = this.window;
    return { width, height, fit: Math.min(width / this.photo.width, height / this.photo.height) };
  }

  moveTo(goal) {
    cancelAnimationFrame(this.frame);
    const from = this.view;
    this.goal = goal;
    if (still() || !this.window.isConnected) {
      this.view = goal;
      this.draw();
      return;
    }
    const start = performance.now();
    const step = (now) => {
      const part = clamp((now - start) / MOVE_MS, 0, 1);
      const eased = 1 - (1 - part) ** 3;
      this.view = { x: between(from.x, goal.x, eased), y: between(from.y, goal.y, eased), zoom: between(from.zoom, goal.zoom, eased) };
      this.draw();
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  draw() {
    const { width, height, fit } = this.size();
    if (!width || !height) return;
    this.window.style.setProperty("--width", `${width}px`); // for print
    this.window.style.setProperty("--height", `${height}px`);
    const scale = fit * this.view.zoom;
    const left = shift(this.photo.width * scale, width, this.view.x * scale);
    const top = shift(this.photo.height * scale, height, this.view.y * scale);
    this.image.style.width = `${this.photo.width * scale}px`;
    this.image.style.height = `${this.photo.height * scale}px`;
    this.image.style.transform = `translate(${left}px, ${top}px)`;
    const place = ([x, y]) => [x * scale + left, y * scale + top];
    const radius = this.radius(width);
    const boxes = this.marks.map((mark) => framed(mark.box, place, 1.5 * radius));
    const line = clamp(width / 200, 2.5, 4);
    this.frames.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const leaders = this.drawTags(boxes, radius, [width, height]);
    this.frames.replaceChildren(...leaders, ...this.marks.flatMap((mark, at) => this.strokes(mark, boxes[at], place, line)));
  }

  radius(width) {
    const usual = width < 500 ? 14 : 15;
    return this.marks.length <= 8 ? usual : this.marks.length <= 2 * MANY || width > 700 ? 12 : 9.5;
  }

  strokes(mark, [left, top, right, bottom], place, line) {
    const dim = this.dimmed(mark);
    const shape = { x: left, y: top, width: right - left, height: bottom - top, rx: mark.severity === "flag" ? 4 : 0 };
    const strokes = [
      svg("rect", { ...shape, class: `casing${dim}`, "stroke-width": line + 2 }),
      svg("rect", { ...shape, class: `frame is-${mark.severity}${dim}`, "stroke-width": line }),
    ];
    const points = mark.subject === "hands" && this.chosen.has(mark) ? this.hands[mark.index]?.landmarks : null;
    if (points) {
      const path = CHAINS.map((chain) => `M${chain.map((at) => place(points[at]).map((value) => value.toFixed(1)).join(" ")).join("L")}`).join("");
      strokes.push(svg("path", { d: path, class: "casing", "stroke-width": 3.5 }), svg("path", { d: path, class: `frame bones is-${mark.severity}`, "stroke-width": 2 }));
    }
    return strokes;
  }

  dimmed(mark) {
    return this.chosen.size && !this.chosen.has(mark) ? " is-dim" : "";
  }

  /** Put the numbers where there is room; returns the lines to those that stand apart from their frames. */
  drawTags(boxes, radius, [width, height]) {
    const leaders = [];
    const seen = boxes.map(([left, top, right, bottom]) => right > 0 && bottom > 0 && left < width && top < height);
    const shown = boxes.filter((_, at) => seen[at]);
    const centers = placeTags(shown, radius, [width, height]);
    let next = 0;
    for (const [at, tag] of this.tags.entries()) {
      tag.classList.toggle("is-out", !seen[at]);
      if (!seen[at]) continue;
      const [x, y] = centers[next++];
      tag.style.setProperty("--radius", `${radius}px`);
      tag.style.transform = `translate(${x - radius}px, ${y - radius}px)`;
      const [left, top, right, bottom] = boxes[at];
      const [nearX, nearY] = [clamp(x, left, right), clamp(y, top, bottom)];
      if (Math.hypot(nearX - x, nearY - y) > 1.5 * radius) {
        const line = { x1: x, y1: y, x2: nearX, y2: nearY };
        const kind = `is-${this.marks[at].severity}${this.dimmed(this.marks[at])}`;
        leaders.push(svg("line", { ...line, class: `casing${this.dimmed(this.marks[at])}`, "stroke-width": 3.5 }), svg("line", { ...line, class: `frame bones ${kind}`, "stroke-width": 2 }));
      }
    }
    return leaders;
  }
}

/** Where the photo begins in the window: what is looked at in the middle, no empty rim that could be photo. */
function shift(long, window, center) {
  return long <= window ? (window - long) / 2 : clamp(window / 2 - center, window - long, 0);
}

function framed([left, top, width, height], place, least) {
  const [x, y] = place([left + width / 2, top + height / 2]);
  const [x0, y0] = place([left, top]);
  const half = [Math.max((x - x0) * 1.15, least / 2), Math.max((y - y0) * 1.15, least / 2)];
  return [x - half[0], y - half[1], x + half[0], y + half[1]];
}

function between(from, to, part) {
  return from + (to - from) * part;
}
