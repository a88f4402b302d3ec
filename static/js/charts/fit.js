// Fits a chart's option to a width, on the page and on paper: names break between Thai words, legends get their lines.
const WORDS = new Intl.Segmenter("th", { granularity: "word" });
const NO_WIDTH = /[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/g;
const NARROW = 520;

/** Width of a text in pixels, near enough: marks above and below take no room. */
export function widthOf(text, size) {
  return text.replace(NO_WIDTH, "").length * size * 0.56;
}

/** The text with line breaks between words: lines of even width, none wider than `most` pixels where words allow it. */
export function broken(text, most, size) {
  const needed = Math.ceil(widthOf(text, size) / most);
  const even = needed > 1 ? Math.min(most, (widthOf(text, size) / needed) * 1.2) : most;
  const lines = [""];
  for (const { segment } of WORDS.segment(text)) {
    const last = lines.length - 1;
    if (lines[last] && widthOf(lines[last] + segment, size) > even) lines.push(segment.trimStart());
    else lines[last] += segment;
  }
  return lines.map((line) => line.trim());
}

function fitNames(axis, most, lines) {
  const look = axis.axisLabel;
  const shortened = (name) => {
    const parts = broken(name, most, look.fontSize);
    return parts.length > lines ? [...parts.slice(0, lines - 1), `${parts[lines - 1]}…`] : parts;
  };
  axis.data = axis.data.map((name) => (name.includes("\n") ? name : shortened(name).join("\n")));
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
  const option = JSON.parse(JSON.stringify(given));
  const narrow = width < NARROW;
  if (narrow) {
    option.grid.right = Math.min(option.grid.right, Math.round(width * 0.26));
    for (const axis of [option.xAxis, option.yAxis]) {
      axis.axisLabel.fontSize = 12;
      if (axis.type === "value") axis.splitNumber = 2;
    }
    for (const row of option.series) if (row.label) row.label.fontSize = 11;
  }
  const { xAxis, yAxis } = option;
  if (yAxis.type === "category") fitNames(yAxis, Math.min(yAxis.axisLabel.width ?? 170, width * 0.34), 2);
  if (xAxis.type === "category") fitNames(xAxis, ((width - 56) / xAxis.data.length) * 0.94, 4);
  fitLegend(option, width);
  return option;
}
