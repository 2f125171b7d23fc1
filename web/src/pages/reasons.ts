/** Reasons: why signing stopped, in words that say what to do. */
import { Refused } from "../refused";
import { Stopped } from "./signing";
import type { Say } from "./words";

/** Gives the sentence for whatever was thrown; `name` gives a group's name. */
export function sentence(say: Say, thrown: unknown, name: (group: string) => string): string {
  if (thrown instanceof Stopped) return ofDesk(say, thrown.reason, name(thrown.group));
  return ofNode(say, thrown instanceof Refused ? thrown.reason : "");
}

function ofDesk(say: Say, reason: string, group: string): string {
  switch (reason) {
    case "unknown-voucher":
      return say("This code does not fit this petition. Check the digits, or ask whoever gave it to you.");
    case "already-stamped":
      return say("This code was already used. If it was not you, tell whoever gave it to you: it matters.");
    case "bad-answer":
      return say("“{group}” gave a wrong stamp. Nothing was sent. Please tell the group.", { group });
    case "not-open":
      return say("“{group}” has not begun to stamp. Your codes are unharmed. Come back later, on this phone.", { group });
    case "closed":
      return say("“{group}” gives no stamps any more: the petition is closed. Your code was not used.", { group });
    case "no-answer":
    case "busy":
    case "storage":
      return say("“{group}” does not answer. Your codes are unharmed. Continue later, here on this phone.", { group });
    default:
      return say("“{group}” refused the code ({reason}). Nothing was sent. Please tell the group.", { group, reason });
  }
}

function ofNode(say: Say, reason: string): string {
  switch (reason) {
    case "two-texts":
      return say("Two nodes show different texts. Do not sign. Please tell the group.");
    case "no-node":
      return say("No node answers. Nothing is lost. Try again later, here on this phone.");
    case "one-node":
      return say("One node does not have your signature yet. Nothing is lost. Continue later, here on this phone.");
    case "clocks":
      return say("The clocks of two nodes and of this phone do not agree. Check the phone's date and time; until then do not sign.");
    case "closed":
      return say("The petition is closed. Signatures are not taken any more.");
    case "not-open":
    case "unknown-petition":
      return say("The petition is not open yet: not every group has agreed to it.");
    case "no-storage":
      return say("This browser keeps nothing, so a code could be lost half-way. Open the page in an ordinary window or another browser.");
    case "other-tab":
      return say("Signing goes on in another tab of this browser. Close one of them and open the page again.");
    case "same-group":
      return say("Both codes are of one group. Codes of two groups are needed.");
    default:
      return say("A node refused ({reason}). Nothing is lost. Please tell the group.", { reason });
  }
}
