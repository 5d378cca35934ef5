import { expect, test } from "vitest";
import { EMPTY_ADDRESS, HIDDEN_AT_FIRST, readAddress, writeAddress, type Address } from "./address";

test("an address that was written reads back the same", () => {
  const address: Address = {
    district: "3",
    plan: "12",
    level: "community",
    figure: "incidents_rate",
    unit: "4711",
    place: { x: 503456.7, y: 3719123.4, resolution: 2.345 },
    language: "en",
    hidden: ["labels", "walls"],
    table: true,
    coordinates: "geographic",
    job: "17",
    task: "compare:1",
    proposal: "40",
  };
  expect(readAddress(writeAddress(address))).toEqual(address);
});

test("the plain page has a plain address", () => {
  expect(writeAddress(EMPTY_ADDRESS)).toBe("");
  expect(readAddress("")).toEqual(EMPTY_ADDRESS);
});

test("a place is readable in the address", () => {
  expect(writeAddress({ ...EMPTY_ADDRESS, place: { x: 1, y: 2, resolution: 0.5 } })).toBe("?at=1.0,2.0,0.5");
});

test.each(["?at=", "?at=1,2", "?at=1,2,0", "?at=1,2,-4", "?at=a,b,c", "?at=1,2,Infinity", "?level=ward&lang=fr"])(
  "what cannot be read in %s is left out",
  (search) => {
    const { place, level, language } = readAddress(search);
    expect([place, level, language]).toEqual([null, null, null]);
  },
);

test("incidents are off at first, and an address that hides nothing shows them", () => {
  expect(readAddress("").hidden).toEqual(HIDDEN_AT_FIRST);
  const all = writeAddress({ ...EMPTY_ADDRESS, hidden: [] });
  expect(all).toBe("?hide=");
  expect(readAddress(all).hidden).toEqual([]);
});
