// The list of the day as the server drew it: what waits on this phone, taking along, nearest first.
import { bindNear } from "./near.js";
import { bindTakeAlong } from "./take-along.js";
import { bindUnsent } from "./unsent.js";

bindUnsent();
bindTakeAlong();
await bindNear();
