#!/usr/bin/env bash
# uuid 14.0.3: version 7 grows with every call, until one gives it the time.
#
# UUIDv7 is chosen since ids that are made one after the other sort so, and v7() holds that within a millisecond too. To
# test with a clock of one's own, or to make an id for an instant, one passes msecs and guesses that this changes the
# time alone. It also leaves the counter out: ids of one millisecond come in random order, and a test with a fixed clock
# is where it shows, now and then.
#
# The product's ids number themselves within a millisecond and pass that on as seq (packages/runtime/src/ids.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages uuid@14.0.3
cat >seen.mjs <<'END'
import { v7 } from 'uuid'
const grows = (next) => {
  const ids = Array.from({ length: 1000 }, next)
  return ids.every((id, at) => at === 0 || id > ids[at - 1])
}
console.log('v7():                        each greater than the last:', grows(() => v7()))
console.log('v7({ msecs }), one time:     each greater than the last:', grows(() => v7({ msecs: 1_764_325_800_000 })))
END
expect node seen.mjs <<'END'
v7():                        each greater than the last: true
v7({ msecs }), one time:     each greater than the last: false
END
