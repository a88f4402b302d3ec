// Fits a chart's option to a width, on the page and on paper: names break between Thai words, legends get their lines.
const WORDS = new Intl.Segmenter("th", { granularity: "word" });
const NO_WIDTH = /[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/g;
const NARROW = 520;

/** Width of a text in pixels, near enough: marks above and below take no room. */
export function widthOf(text, size) {
  return text.replace(NO_WIDTH, "").length * size * 0.56;
}

/** The text with line breaks between words, no line wider than `most` pixels where words allow it. */
export function broken(text, most, size) {
  const lines = [""];
  for (const { segment } of WORDS.segment(text)) {
    const last = lines.length - 1;
    if (lines[last] && widthOf(lines[last] + segment, size) > most) lines.push(segment.trimStart());
    else lines[last] += segment;
  }
  return lines.map((line) => line.trim()).join("\n");
}

function fitNames(axis, most) {
  const look = axis.axisLabel;
  axis.data = axis.data.map((name) => (name.includes("\n") ? name : broken(name, most, look.fontSize)));
  delete look.width;
  delete look.overflow;
}

function fitLegend(option, width) {
  const legend = option.legend;
  if (!legend?.show) return;
  let lines = 1;
  let used = 0;
  for (const { name } of option.series) {
    const needed = widthOf(name, legend.textStyle.fontSize) + legend.itemWidth + legend.itemGap + 12;
    if (used && used + needed > width) {
      lines += 1;
      used = 0;
    }
    used += needed;
  }
  option.grid.top = 20 + 24 * lines;
}

/** A copy of the option that fits `width` pixels. */
export function fitted(given, width) {
  const option = structuredCloneOf(given);
  const narrow = width < NARROW;
  if (option.yAxis?.type === "category") fitNames(option.yAxis, Math.min(option.yAxis.axisLabel.width ?? 170, width * 0.3));
  if (option.xAxis?.type === "category") fitNames(option.xAxis, ((width - 56) / option.xAxis.data.length) * 0.94);
  if (narrow) {
    option.grid.right = Math.min(option.grid.right, Math.round(width * 0.26));
    for (const axis of [option.xAxis, option.yAxis]) if (axis) axis.axisLabel.fontSize = 12;
    for (const axis of [option.xAxis, option.yAxis]) if (axis?.type === "value") axis.splitNumber = 2;
    for (const row of option.series) if (row.label) row.label.fontSize = 11;
  }
  fitLegend(option, width);
  return option;
}

function structuredCloneOf(value) {
  return JSON.parse(JSON.stringify(value));
}
