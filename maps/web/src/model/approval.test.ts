import { expect, test } from "vitest";
import { authorityInEnglish, numberInEnglish } from "./approval";

const DISTRICT = { name: "清河区（合成演示）", name_en: "Qinghe District (synthetic demo)" };

test("a body of the district is named in English", () => {
  expect(authorityInEnglish("清河区人民政府（演示）", DISTRICT)).toBe("Qinghe District People's Government (demo)");
  expect(authorityInEnglish("清河区民政局", DISTRICT)).toBe("Qinghe District Civil Affairs Bureau");
});

test("other bodies keep their own name, which is not guessed at", () => {
  expect(authorityInEnglish("淮安市人民政府", DISTRICT)).toBeNull();
  expect(authorityInEnglish("清河区人民政府", { name: "清河区", name_en: null })).toBeNull();
});

test("numbers of documents are read in their usual form", () => {
  expect(numberInEnglish("清政发〔2010〕38号")).toBe("No. 38 of 2010");
  expect(numberInEnglish("淮政复[2001]第14号")).toBe("No. 14 of 2001");
  expect(numberInEnglish("2010-38")).toBeNull();
});
