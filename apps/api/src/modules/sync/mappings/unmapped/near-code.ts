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

/** Levenshtein's distance, in one row; whatever is more than `most` comes out as some number above it. */
function editDistance(left: string, right: string, most: number): number {
  const row: number[] = [];
  for (let j = 0; j <= right.length; j++) row.push(j);
  for (let i = 1; i <= left.length; i++) {
    let diagonal = row[0] ?? 0;
    let least = i;
    row[0] = i;
    for (let j = 1; j <= right.length; j++) {
      const above = row[j] ?? 0;
      const replaced = diagonal + (left[i - 1] === right[j - 1] ? 0 : 1);
      const cell = Math.min(replaced, above + 1, (row[j - 1] ?? 0) + 1);
      row[j] = cell;
      if (cell < least) least = cell;
      diagonal = above;
    }
    if (least > most) return least;
  }
  return row[right.length] ?? 0;
}
