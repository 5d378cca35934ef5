/** The tool in hand: which one the pointer drives, and what keys do with it. */

import { effect } from "@preact/signals";
import { refused, tool, type ToolName } from "../state/session";
import { borderTool } from "./border";
import { mergeTool, selectTool } from "./choose";
import { lineTool } from "./lines";
import { paintTool } from "./paint";
import type { Tool } from "./tool";

const MAKERS: Readonly<Record<ToolName, () => Tool>> = {
  select: selectTool,
  brush: () => paintTool("brush"),
  rectangle: () => paintTool("rectangle"),
  lasso: () => paintTool("lasso"),
  border: borderTool,
  new: () => paintTool("brush", true),
  split: () => lineTool("split"),
  reshape: () => lineTool("reshape"),
  cut: () => lineTool("cut"),
  merge: mergeTool,
  measure: () => lineTool("measure"),
};

let inHand: Tool = selectTool();

export function hand(): Tool {
  return inHand;
}

/** Puts a tool down unfinished whenever another is taken up, and with it why its last stroke was not done. */
export function startTools(): void {
  effect(() => {
    const name = tool.value;
    inHand.cancel();
    refused.value = null;
    inHand = MAKERS[name]();
  });
}
