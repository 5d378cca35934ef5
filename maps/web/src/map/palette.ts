/** Colours of the map: a quiet ground, dark borders, loud problems. */

export const GROUND = "#f0eee9";
export const OUTSIDE = "#f8f7f4";
export const WATER = "#b7c9d3";
export const WATER_EDGE = "#9db4c1";
export const WATER_NAME = "#3d6175";
export const GREEN = "#d2ddc2";
export const FIELD = "#e7ead9";
export const BUILDING = "#ddd7cc";
export const BUILDING_EDGE = "#c6bfb1";
export const PUBLIC_BUILDING = "#d3c7b6";
export const ROAD = "#ffffff";
export const ROAD_CASING = "#cfcabf";
export const ROAD_NAME = "#6a665c";
export const WALL = "#a39a8b";

export const INK = "#1c2a35";
export const BORDER = "#24323d";
export const BORDER_QUIET = "#77838c";
export const PAPER = "#ffffff";

export const SELECTED = "#0a3d55";
export const ABOVE = "#a8321a";
export const BELOW = "#275a9c";
/** What a proposal changes, and the borders of the proposal it is compared with. */
export const CHANGED = "#7a3d8f";
export const COMPARED = "#b0257a";
/** Borders that only the newer of two compared plans has. */
export const NEW = "#0a6e5c";
export const SERVICE = "#6b2f6f";
/** Halls whose unit the open plan does not have. */
export const ELSEWHERE = "#8a8590";
export const INCIDENT = "#a8321a";

/** Pale tints for the unit colouring of the server: neighbours never share one. */
export const TINTS: readonly string[] = ["#f3ddd0", "#d9e6d3", "#d5e0ec", "#ece3c4", "#e3d6e6", "#cfe4e1"];

export const SANS =
  '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Hiragino Sans GB",system-ui,sans-serif';
