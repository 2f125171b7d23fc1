"""Every size and number that a stranger can make us hold, each with its reason."""

RECORD_BYTES = 64 * 1024  # a charter with 800 seals is 60 kB; nothing else comes near
RECORD_TAGS = 1_000  # a charter's seals are what needs most
TAG_ITEMS = 16  # the longest tag of any kind has 8 items
NUMBER_MAX = 2**53 - 1  # what every JSON reader, the browser's included, keeps exact
KIND_MAX = 65_535  # NIP-01

PETITION_TEXT = 20_000  # characters: thirty printed pages' worth is not a petition any more
POST_TEXT = 40_000  # characters; in two-byte letters it still fits a record's 64 KiB
TITLE = 200  # characters: three lines on a phone
NAME = 80  # characters of a group's name
LABEL = 100  # characters of an option's label
BASIS_TEXT = 300  # characters that tell the reader who was given vouchers
URL = 200  # characters; printed on slips and put into headers
LINK = 1_000  # characters of a link's address in a text; long enough for a court's search page
PROSE_DEPTH = 20  # lists and quotes in each other: a list counts two; nobody follows ten
BODY_TEXT = 4_000  # characters of one message of a family
STORY = 12_000  # characters: eight typed pages, 24 kB in two-byte letters
LETTER_TEXT = 14_000  # characters: ten printed pages; 28 kB still fit the largest body
FILES = 10  # what one envelope may carry
REPLY_TURNS = 60  # of a conversation that a reply repeats; what is older is left out

PROOF_BYTES = 1 << 20  # a post's proof: it, its cosigns, and a dozen charters full of seals
CHECK_BODY = PROOF_BYTES  # a form with one file; Starlette puts what is larger on a disk
CHECKS = 2  # texts compared at once: each takes a core for a moment
CHECK_QUEUE = 16  # that wait for it; a form that is sent once more loses nothing

ORGANISERS = 16  # more than anyone can keep count of; a cosign each is still cheap
NODES = 8  # node addresses in a charter
CASEWORKERS = 12  # in a charter; each makes every envelope longer by 98 bytes
PANEL = 5  # each stamp costs a person a request and a node 28 us
OPTIONS = 12  # what fits one screen of a phone
REGIONS = 20  # coarse on purpose: more would shrink the crowd a signer hides in
WINDOWS = 10_000  # rows of a chart; 27 years of days
CEILING = 1_000_000  # vouchers one desk may ever honour for one petition
PETITION_SPAN = 34_560_000  # seconds: 400 days
WINDOW_MIN = 60  # seconds; the demo's; real petitions take a day

STAMP_BODY = 2_048  # bytes of a request to a stamping desk: its four fields need 530
STAMP_QUEUE = 64  # requests waiting for a stamp: about 50 ms of work each core
HTTP_BODY = RECORD_BYTES  # a body is one record
GRACE = 600  # seconds two honest clocks may differ at a window's edge
SEND_AFTER_CLOSE = 86_400  # seconds a person may still send what was stamped in time
LISTS_AFTER_CLOSE = 172_800  # seconds from close to the closing lists
PEER_MESSAGE = 256 * 1024  # bytes of a relay's message: two of our own longest
PEER_ROUNDS = 2_000  # messages of one reconciliation: four million records apart need as many
PEER_ASKED = 500  # ids of one question; what other relays take
PEER_PAGE = 500  # records of one page, where a relay cannot reconcile
PEER_BYTES = 128 * 1024 * 1024  # bytes of no use an hour from one peer: 36 kB a second
PEER_RECORDS = 100_000  # records of no use an hour from one peer: a minute of one core
PEER_SECONDS = 120  # seconds of one core an hour that one peer may cost without use
PEER_PIECES = 1024 * 1024  # bytes that tell of a peer's record files: 10,000 of them
PEER_REMEMBERED = 400_000  # ids that one peer is not asked for again: 50 MB at most
PEERS_NAMED = 8  # peers that charters name, besides those of the settings
LIST_IDS = 4_000_000  # ids of a list file: 128 MB; more than any campaign counted on
PRESENTED = 256 * 1024  # bytes of what a node says of itself; a hundred regions need 12 kB
MANIFEST = 32 * 1024 * 1024  # bytes of a mirror's list: a hundred thousand files need 15 MB
MIRROR_FILE = 2 * 1024**3  # bytes of one file of a mirror: a million signatures of one day
WAITING_CHARTERS = 1_000  # charters of groups we do not know yet

RELAY_MESSAGE = 128 * 1024  # bytes of a websocket message: a record, or 60,000 bytes in hex
RELAY_SUBSCRIPTIONS = 20  # a connection; a client's whole screen needs three or four
RELAY_ID = 64  # characters of a subscription's name (NIP-01)
RELAY_FILTERS = 10  # a subscription
RELAY_VALUES = 1_000  # ids, authors, kinds and tags of one filter, together
RELAY_VALUE = 1_024  # characters of a tag's value in a filter; what other relays keep of one
RELAY_ANSWER = 5_000  # stored records an answer; who wants more reconciles or takes the files
RELAY_LOOKS = 50_000  # records looked at for one answer: 2 s of one core at the worst
RELAY_RECONCILIATIONS = 8  # a connection, each with a set of ids in memory
RELAY_FRAME = 60_000  # bytes of a reconciliation message; in hex it fits other relays' 128 KiB
RELAY_ROUNDS = 5_000  # messages of one; a client that has none of four million ids needs 2,200
RELAY_OFFERS = 256  # records of one connection under way: more would not make a commit fuller
RELAY_UNREAD = 4 * 1024 * 1024  # bytes that wait for a reader before it is cut
RELAY_UNREAD_TOGETHER = 64 * 1024 * 1024  # bytes on all connections; then the largest is cut
RELAY_CONNECTIONS = 5_000  # at once, 40 kB each while they only listen
RELAY_SET = 100_000  # ids of one reconciliation that is not a whole kind: 4 MB, made for it alone
RELAY_SETS = 32  # reconciliations at once on all connections
