/** Journeys with the real process, and the demo. They wait more than they work, so all run side by side in one file, the longest first. */
import './sigstop.ts';
import './kill-nine.ts';
import './demo.ts';
import './restart.ts';
