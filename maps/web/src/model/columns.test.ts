import { expect, test } from "vitest";
import { isUnreadable, readMapping } from "./columns";

test("fields and columns are read line by line", () => {
  expect(readMapping("residents = TOTPOP\n\n parent=WARD NO ")).toEqual({ residents: "TOTPOP", parent: "WARD NO" });
  expect(readMapping("  \n")).toEqual({});
});

test.each(["residents", "= TOTPOP", "residents ="])("the line %j is named as unreadable", (line) => {
  const read = readMapping(`households = TOTHH\n${line}`);
  expect(isUnreadable(read) && read.unreadable).toBe(line);
});

test("a column's name may hold an equals sign", () => {
  expect(readMapping("name = a=b")).toEqual({ name: "a=b" });
});
