import { describe, expect, it } from "vitest";
import { borderSentence, type BorderRun } from "./border_words";

const run: BorderRun = {
  facing: "north", length_m: 411.6, neighbour: 7, kind: "arterial", name: "淮海北路", name_en: "North Huaihai Road",
  from: { name: "北京路", name_en: "Beijing Road" }, to: { name: "长征路", name_en: null },
};

describe("a border in words", () => {
  it("names the road, where it runs from and to, its length and its class", () => {
    expect(borderSentence(run, "en")).toBe("North: along North Huaihai Road (arterial) from Beijing Road to 长征路, 412 m");
    expect(borderSentence(run, "zh-CN")).toBe("北：沿淮海北路（主干路），自北京路至长征路，412 米");
  });

  it("says only what is known", () => {
    expect(borderSentence({ ...run, from: null }, "en")).toBe("North: along North Huaihai Road (arterial) to 长征路, 412 m");
    expect(borderSentence({ ...run, to: null }, "zh-CN")).toBe("北：沿淮海北路（主干路），自北京路，412 米");
    const nameless = { ...run, name: null, name_en: null, kind: "wall", from: null, to: null };
    expect(borderSentence(nameless, "en")).toBe("North: along a wall, 412 m");
    expect(borderSentence({ ...nameless, kind: null }, "zh-CN")).toBe("北：无明显地物，412 米");
    expect(borderSentence({ ...nameless, kind: null, neighbour: null, length_m: 1200 }, "en")).toBe("North: rim of the district, 1,200 m");
  });
});
