// The page's pictures, 24 x 24, drawn with the pen that the style gives. They are put into the document once, so that
// no picture is missing when the connection is; `<use href="#icon-photo">` shows one.

const DRAWINGS = {
  brand: '<path d="M12 2.5 4 5.5v6c0 5 3.4 8.5 8 10 4.6-1.5 8-5 8-10v-6z"/><path d="m8.5 11.8 2.5 2.5 4.7-5"/>',
  photo: '<rect x="3" y="4.5" width="18" height="15" rx="2.5"/><circle cx="8.5" cy="9.5" r="1.6"/><path d="m3.5 17.5 5-4.7 3.5 3 3.5-4 5 5"/>',
  camera: '<path d="M4.5 7.5h3l1.6-2.5h5.8l1.6 2.5h3a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18V9a1.5 1.5 0 0 1 1.5-1.5z"/><circle cx="12" cy="13" r="3.7"/>',
  lock: '<rect x="4.5" y="10.5" width="15" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3M12 14.5v2.5"/>',
  check: '<path d="m4.5 12.8 5 5.2 10-11.5" stroke-width="4"/>',
  bang: '<path d="M12 4v9.5M12 19.8v.2" stroke-width="4.2"/>',
  cross: '<path d="m5.5 5.5 13 13m0-13-13 13" stroke-width="4"/>',
  question: '<path d="M8 8.5C8 6 9.7 4.5 12 4.5s4 1.5 4 3.7c0 3-4 3.2-4 6.3M12 19.8v.2" stroke-width="3.5"/>',
  tools: '<path d="M6.5 2.5v13a2 2 0 0 0 2 2h13M2.5 6.5h13a2 2 0 0 1 2 2v13"/>',
  download: '<path d="M12 3.5v11m-4.5-4 4.5 4.5 4.5-4.5M4 19.5h16"/>',
  share: '<circle cx="6" cy="12" r="2.7"/><circle cx="17.5" cy="5.5" r="2.7"/><circle cx="17.5" cy="18.5" r="2.7"/><path d="m8.4 10.7 6.7-3.9m-6.7 6.5 6.7 3.9"/>',
  again: '<path d="M20 12a8 8 0 1 1-2.6-5.9M20.5 3.5v4.5H16"/>',
  whole: '<path d="M9 3.5v5.5H3.5M15 3.5v5.5h5.5M9 20.5V15H3.5M15 20.5V15h5.5"/>',
  close: '<path d="m6 6 12 12m0-12L6 18"/>',
  turn: '<path d="M4 9.5h13m-3.5-4 4 4-4 4M20 15H7m3.5 4-4-4"/>',
  people: '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.6-4 3-6 6.5-6s5.9 2 6.5 6M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.2c2 .8 3.2 2.6 3.5 5.3"/>',
  person: '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.7-4.4 3.3-6.5 7.5-6.5s6.8 2.1 7.5 6.5"/>',
  health: '<path d="M2.5 12.5h4.5l2.5-6.5 4.5 12 2.5-5.5h5"/>',
  calendar: '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.5V7M16 2.5V7"/>',
  rules: '<path d="M6 3.5h9l3.5 3.5v13.5H6zM9.5 9h5M9.5 12.5h5.5M9.5 16h4"/>',
  search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
  plus: '<path d="M12 4.5v15M4.5 12h15"/>',
  trash: '<path d="M4 6.5h16M9 6.5v-3h6v3M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6"/>',
  back: '<path d="M19.5 12h-15m6-6-6 6 6 6"/>',
  next: '<path d="m9 5.5 6.5 6.5L9 18.5"/>',
  offline: '<path d="M3 3.5l18 17M8.5 15.3a5.5 5.5 0 0 1 7 0M5.3 11.8A10 10 0 0 1 9 9.5M2 8.3a15 15 0 0 1 4-2.5M11 5a15 15 0 0 1 11 3.3M15.5 10a10 10 0 0 1 3.2 1.8M12 19.3v.2"/>',
  leave: '<path d="M14 4H5v16h9M10 12h11m-4-4 4 4-4 4"/>',
};

const symbols = Object.entries(DRAWINGS).map(([name, drawing]) => `<symbol id="icon-${name}" viewBox="0 0 24 24">${drawing}</symbol>`);
const sprite = document.createElementNS("http://www.w3.org/2000/svg", "svg");
sprite.setAttribute("class", "sprite");
sprite.setAttribute("aria-hidden", "true");
sprite.innerHTML = symbols.join("");
document.body.prepend(sprite);
