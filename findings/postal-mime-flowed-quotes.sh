#!/usr/bin/env bash
# postal-mime 4.0.0: in mail of `format=flowed` quoted lines are joined with their quote marks inside the sentence.
#
# RFC 3676 joins a line that ends in a space with the next one, after taking the marks (`> `) off both. One guesses that
# a reader that knows the format does, as mailparser does, or leaves such text alone. It joins the lines as they are: ">
# that is > soft broken". Whoever tells a quotation by lines that begin with > keeps pieces of it as the sender's own
# words.
#
# The product shows caught mails with it and reads no replies (infra/embedded/src/mail-catcher.ts); its own mails are
# not flowed.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages postal-mime@4.0.0
cat >seen.mjs <<'END'
import PostalMime from 'postal-mime'
const mail = [
  'From: a@example.com',
  'Content-Type: text/plain; format=flowed',
  '',
  '> that is ',
  '> soft broken',
  '> and this is not',
  'an answer that ',
  'is too',
  ''
].join('\r\n')
console.log((await PostalMime.parse(mail)).text.trim())
END
expect node seen.mjs <<'END'
> that is > soft broken
> and this is not
an answer that is too
END
