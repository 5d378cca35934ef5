/**
 * A PDF of one page that holds one picture, written here: no library is needed for so little.
 *
 * The picture is kept without loss. Words that are drawn in it lie over it once more, invisible, so that they can be
 * searched and copied; their font is never drawn, so none is embedded and Chinese cannot come out wrong.
 */

export interface Word {
  readonly text: string;
  /** Left end of the base line and size, millimetres from the upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface PageOf {
  readonly wide_mm: number;
  readonly high_mm: number;
  readonly title: string;
  readonly words: readonly Word[];
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of every pixel. */
  readonly data: Uint8ClampedArray;
}

const POINTS = 72 / 25.4;

export async function pdf(pixels: Pixels, page: PageOf, made: Date): Promise<Uint8Array> {
  const [wide, high] = [page.wide_mm * POINTS, page.high_mm * POINTS];
  const image = await deflated(rows(pixels));
  const content = latin([`q ${wide.toFixed(2)} 0 0 ${high.toFixed(2)} 0 0 cm /I Do Q`, ...page.words.map((word) => wordText(word, high))].join("\n"));
  const parms = `/DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns ${pixels.width} >>`;
  const size = `/Width ${pixels.width} /Height ${pixels.height} /ColorSpace /DeviceRGB /BitsPerComponent 8`;
  return assembled([
    latin("<< /Type /Catalog /Pages 2 0 R >>"),
    latin("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    latin(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide.toFixed(2)} ${high.toFixed(2)}] /Contents 4 0 R ` +
        "/Resources << /XObject << /I 5 0 R >> /Font << /F 6 0 R >> >> >>",
    ),
    stream("", content),
    stream(`/Type /XObject /Subtype /Image ${size} /Filter /FlateDecode ${parms}`, image),
    latin("<< /Type /Font /Subtype /Type0 /BaseFont /Unseen /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 9 0 R >>"),
    latin(
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Unseen /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> " +
        "/FontDescriptor 8 0 R /DW 1000 /W [0 11903 560] >>",
    ),
    latin(
      "<< /Type /FontDescriptor /FontName /Unseen /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>",
    ),
    stream("", latin(TO_UNICODE)),
    latin(`<< /Title ${utf16(page.title)} /Producer (wangge) /CreationDate (D:${stamp(made)}) >>`),
  ]);
}

/** Code points of the basic plane stand for themselves. */
const TO_UNICODE = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end`;

/** Text rendering mode 3: neither filled nor stroked. */
function wordText({ text, x, y, size }: Word, high: number): string {
  const at = `${(x * POINTS).toFixed(2)} ${(high - y * POINTS).toFixed(2)}`;
  return `BT 3 Tr /F ${(size * POINTS).toFixed(2)} Tf ${at} Td <${hex(text)}> Tj ET`;
}

function hex(text: string): string {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, "0")).join("");
}

function utf16(text: string): string {
  return `<feff${hex(text)}>`;
}

function stamp(made: Date): string {
  return made.toISOString().replace(/\D/g, "").slice(0, 14) + "Z";
}

/** Red, green and blue of each row, each byte less the one above it (PNG's predictor "up"): maps are then small. */
function rows({ width, height, data }: Pixels): Uint8Array<ArrayBuffer> {
  const line = 1 + 3 * width;
  const out = new Uint8Array(height * line);
  for (let y = 0; y < height; y += 1) {
    out[y * line] = 2;
    for (let x = 0; x < width; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        const i = 4 * (y * width + x) + c;
        const above = y === 0 ? 0 : (data[i - 4 * width] ?? 0);
        out[y * line + 1 + 3 * x + c] = (data[i] ?? 0) - above;
      }
    }
  }
  return out;
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function stream(dictionary: string, bytes: Uint8Array): Uint8Array {
  return joined([latin(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`), bytes, latin("\nendstream")]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Objects numbered from 1 with their cross-reference table; the last is the document's information. */
function assembled(objects: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [latin("%PDF-1.5\n%\u00e2\u00e3\u00cf\u00d3\n")];
  let at = parts[0]?.length ?? 0;
  const offsets = objects.map((object, k) => {
    const whole = joined([latin(`${k + 1} 0 obj\n`), object, latin("\nendobj\n")]);
    parts.push(whole);
    at += whole.length;
    return at - whole.length;
  });
  const count = objects.length;
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(latin(`xref\n0 ${count + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${count + 1} /Root 1 0 R /Info ${count} 0 R >>\nstartxref\n${at}\n%%EOF\n`));
  return joined(parts);
}
