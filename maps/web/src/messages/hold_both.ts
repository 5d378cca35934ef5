/** For tests: both languages at once. */

import en from "./en.json";
import { holdMessages } from "./translate";
import zh from "./zh-CN.json";

holdMessages("en", en);
holdMessages("zh-CN", zh);
