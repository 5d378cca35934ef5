import { describe, expect, it } from "vitest";
import { pdf } from "./pdf";

const MADE = new Date("2026-11-23T08:00:00Z");

async function written(): Promise<{ bytes: Uint8Array<ArrayBuffer>; text: string }> {
  const data = new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 8, 7, 255]);
  const words = [{ text: "清河区", x: 10, y: 20, size: 5 }];
  const bytes = (await pdf({ width: 2, height: 2, data }, { wide_mm: 297, high_mm: 210, title: "清河区 网格", words }, MADE)) as Uint8Array<ArrayBuffer>;
  return { bytes, text: Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") };
}

describe("a PDF", () => {
  it("points at every object where it stands", async () => {
    const { text } = await written();
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(start, start + 4)).toBe("xref");
    const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets).toHaveLength(10);
    offsets.forEach((offset, k) => expect(text.slice(offset).startsWith(`${k + 1} 0 obj\n`)).toBe(true));
  });

  it("is as large as its paper and keeps every pixel", async () => {
    const { bytes, text } = await written();
    expect(text).toContain("/MediaBox [0 0 841.89 595.28]");
    const at = text.indexOf("stream\n", text.indexOf("/Subtype /Image")) + 7;
    const length = Number(/\/Length (\d+) >>\nstream\n$/.exec(text.slice(0, at))?.[1]);
    const packed = new Blob([bytes.slice(at, at + length)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const rows = new Uint8Array(await new Response(packed).arrayBuffer());
    // Each row begins with predictor 2 and holds its difference to the row above.
    expect([...rows]).toEqual([2, 255, 0, 0, 0, 255, 0, 2, 1, 0, 255, 9, 9, 7]);
  });

  it("holds its words as Unicode, title included", async () => {
    const { text } = await written();
    expect(text).toContain("<6e056cb3533a> Tj");
    expect(text).toContain("/Title <feff6e056cb3533a00207f51683c>");
    expect(text).toContain("3 Tr");
  });
});
