/** Times in the district's own zone, written the same way in both languages: days as in ISO 8601, hours to 24. */

import { district, language } from "./state";

/** Today without the date. */
export function localTime(at: string): string {
  const zone = district.value?.time_zone ?? "UTC";
  const day = (date: Date): string => date.toLocaleDateString("sv", { timeZone: zone });
  const when = new Date(at);
  const clock = when.toLocaleTimeString(language.value, { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
  return day(when) === day(new Date()) ? clock : `${day(when)} ${clock}`;
}
