/** A code without what people write differently: case, accents, spaces and punctuation. */
export function foldCode(code: string): string {
  return code
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

/**
 * How far apart two folded codes are, when that is near enough to be a slip of the pen: one edit, two from six characters
 * on. Digits that differ cost one more, since they mean something: TVA10 is no misspelling of TVA20. Undefined when not near.
 */
export function nearness(left: string, right: string): number | undefined {
  const longer = Math.max(left.length, right.length);
  const most = longer < 3 ? 0 : longer < 6 ? 1 : 2;
  if (Math.abs(left.length - right.length) > most) return undefined;
  const distance = editDistance(left, right, most);
  if (distance > most) return undefined;
  const [leftDigits, rightDigits] = [digitsOf(left), digitsOf(right)];
  const penalty = leftDigits === rightDigits || leftDigits === '' || rightDigits === '' ? 0 : 1;
  return distance + penalty <= most ? distance + penalty : undefined;
}

function digitsOf(code: string): string {
  return code.replace(/\D/g, '');
}

/**
 * Levenshtein's distance; whatever is more than `most` comes out as some number above it. Most codes are compared with
 * thousands of others that are nothing like them, so only what may still come out near is looked at: what lies between the
 * same beginning and the same end, and of that the cells at most `most` from the diagonal.
 */
function editDistance(left: string, right: string, most: number): number {
  let start = 0;
  while (start < left.length && start < right.length && left.charCodeAt(start) === right.charCodeAt(start)) start++;
  let [leftEnd, rightEnd] = [left.length, right.length];
  while (leftEnd > start && rightEnd > start && left.charCodeAt(leftEnd - 1) === right.charCodeAt(rightEnd - 1)) {
    leftEnd--;
    rightEnd--;
  }
  const [height, width] = [leftEnd - start, rightEnd - start];
  if (height === 0 || width === 0) return height + width;
  const far = most + 1;
  const row: number[] = [];
  for (let j = 0; j <= width; j++) row.push(Math.min(j, far));
  for (let i = 1; i <= height; i++) {
    const [from, to] = [Math.max(1, i - most), Math.min(width, i + most)];
    let diagonal = row[from - 1] ?? far;
    let beside = from === 1 ? Math.min(i, far) : far;
    let least = beside;
    row[from - 1] = beside;
    for (let j = from; j <= to; j++) {
      const above = row[j] ?? far;
      const replaced = diagonal + (left.charCodeAt(start + i - 1) === right.charCodeAt(start + j - 1) ? 0 : 1);
      beside = Math.min(replaced, above + 1, beside + 1, far);
      row[j] = beside;
      if (beside < least) least = beside;
      diagonal = above;
    }
    // What is beyond the band is far for the next row.
    if (to < width) row[to + 1] = far;
    if (least > most) return far;
  }
  return row[width] ?? far;
}
