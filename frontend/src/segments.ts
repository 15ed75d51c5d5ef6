/* In how many parts a text travels, as text/segments.py counts; both are tested against tests/text/segments.json. */
const GSM = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const GSM_TWICE = new Set("\f^{}\\[~]|€");
export const MOST_CHARACTERS = 1600;

export interface Parts {
  characters: number;
  segments: number;
  isPlain: boolean;
  left: number;
}

export function parts(text: string): Parts {
  const characters = [...text];
  const isPlain = characters.every((c) => GSM.has(c) || GSM_TWICE.has(c));
  const sizes = characters.map((c) => ((isPlain ? GSM_TWICE.has(c) : c.length > 1) ? 2 : 1));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const [one, many] = isPlain ? [160, 153] : [70, 67];
  if (units <= one) return { characters: characters.length, segments: Math.min(units, 1), isPlain, left: one - units };
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > many) [segments, used] = [segments + 1, 0];
    used += size;
  }
  return { characters: characters.length, segments, isPlain, left: many - used };
}
