"""What can be wrong with any batch, whatever it makes."""

from __future__ import annotations

from tasks.errors import BatchFailed, Fault, PermanentError, StoppedError, TransientError, add_faults, input_fault

ROWS = {
    # What was asked for
    "USAGE": input_fault("{why}.", "`{command} --help` says what it takes."),
    "INVALID_INPUT": input_fault("{what}", "Correct the input and run it again."),
    "SENTENCE_UNCLEAR": input_fault("{sentence!r} is not understood: {why}.", "{hint}"),
    "SPEC_NOT_FOUND": input_fault("There is no file {path!r}.", "{hint}"),
    "SPEC_MALFORMED": input_fault("{path!r} is not valid {format}: {why}.", "Correct the file at the place named."),
    "SPEC_INVALID": input_fault("{path!r}, line {line}, {field}: {why}.", "{hint}"),
    "NOT_UTF8": input_fault("{path!r} is not UTF-8 text (byte {offset}).", "Save it as UTF-8."),
    "FILE_TOO_LARGE": input_fault("{path!r} has {size:,} bytes; the limit is {limit:,}.", "Split it or shorten it."),
    "YAML_BOMB": input_fault(
        "{path!r} grows to more than {limit:,} values when its aliases are followed.",
        "Write the values out, or use fewer aliases of aliases.",
    ),
    "EMPTY_BATCH": input_fault("The batch has no items.", "Name at least one item in the spec."),
    "UNKNOWN_KIND": input_fault("There is no kind {kind!r}.", "Known kinds: {known}."),
    "UNKNOWN_BATCH": input_fault(
        "There is no batch {batch_id!r} in the ledger.",
        "`pressroom status` lists the batches. One that was sent and has not begun shows in the server's pages only, "
        "where `pressroom cancel` reaches it.",
    ),
    "UNKNOWN_ITEM": input_fault(
        "Batch {batch_id!r} has no item {item_id!r}.", "`pressroom queue {batch_id}` lists those that wait."
    ),
    "ITEM_NOT_WAITING": input_fault("{item_id!r} of batch {batch_id!r} does not wait: it is {status}.", "{hint}"),
    "BATCH_NOT_RUNNING": input_fault("Batch {batch_id!r} is not running: it is {status}.", "{hint}"),
    "PARAMETERS_TOO_LARGE": input_fault(
        "The batch has {size:,} bytes of parameters; Prefect takes at most {limit:,}.",
        "Write the items to a JSONL file and give it as `items_file`; `batch_generate` and the command line do.",
    ),
    "ITEMS_FILE_CHANGED": input_fault(
        "{path!r} is not the file the batch was started with (sha256 {found} instead of {expected}).",
        "Restore the file, or start a new batch with it.",
    ),
    "PATH_OUTSIDE": input_fault(
        "{path!r} is outside {folder!r}.", "Give a path inside it, without `..` or links that leave it."
    ),
    "FOLDER_OUTSIDE": input_fault(
        "The spec's {field}, {path!r}, is outside {folder!r}.",
        "A spec reaches no further than its own folder, or its project's. Where you know it: move it, use `--output`, "
        "or name the folder in PRESSROOM_FOLDERS.",
    ),
    "OUTPUT_CONFLICT": input_fault(
        "{item_id!r} would overwrite {path!r}, which {other!r} makes.", "Give it another output path."
    ),
    "OUTPUT_OBEYED": input_fault(
        "{path!r} may be no output: {why}.", "Give another path; `--output` may name any folder for outputs."
    ),
    "OUTPUT_UNWRITABLE": input_fault("{path!r} cannot be written: {why}.", "{hint}"),
    # The machine and the store
    "DISK_FULL": Fault(StoppedError, "No space left while writing {path!r}.", "Free space, then `pressroom resume`."),
    "LEDGER_LOCKED": Fault(
        TransientError,
        "The ledger {path!r} stayed locked for {seconds} s.",
        "End what holds it, then resume the batch.",
    ),
    "LEDGER_AWAY": Fault(
        TransientError,
        "The database of the ledger {path!r} does not answer: {why}.",
        "Check that it runs, and the user, password and database in PRESSROOM_LEDGER_URL; then do the same again.",
    ),
    "LEDGER_VERSION": Fault(
        PermanentError,
        "The ledger {path!r} has version {found!r}; this Pressroom knows up to {known!r}.",
        "Use the Pressroom that wrote it, or give another PRESSROOM_HOME.",
    ),
    "LEDGER_UNREADABLE": Fault(PermanentError, "The ledger {path!r} cannot be read: {why}.", "{hint}"),
    "CHECKPOINT_UNWRITABLE": Fault(
        StoppedError,
        "The checkpoint of {stage!r} cannot be written: {why}.",
        "Check PRESSROOM_HOME, then `pressroom resume`.",
    ),
    "SERVER_FAILED": Fault(
        PermanentError,
        "Prefect's temporary server did not start: {why}.",
        "See {log!r}, or set PREFECT_API_URL to a server that runs.",
    ),
    "DEPLOY_FAILED": Fault(
        PermanentError, "Prefect did not register {name!r}: {why}", "Mend it in prefect.yaml, and deploy again."
    ),
    "NO_SERVER": input_fault(
        "No Prefect server is up{at}.", "Start one with `pressroom up`, or set PREFECT_API_URL to one that runs."
    ),
    "NO_DEPLOYMENT": input_fault(
        "The server has no deployment {name!r}.", "Make it with `pressroom deploy`, in the folder of prefect.yaml."
    ),
    "CANNOT_SPLIT": input_fault(
        "The batch cannot be split into {number:,} runs: {why}.", "Ask for fewer, or leave the batch whole."
    ),
    "UP_ALREADY": input_fault("A server of this state folder is up already, at {url!r}.", "Use that one."),
    "SERVER_UNAUTHORIZED": input_fault(
        "The Prefect server at {url!r} does not take what this machine says to be let in.",
        "Set PREFECT_API_AUTH_STRING as it was set for `pressroom up`, as `user:password`.",
    ),
    "SERVER_ERROR": Fault(
        PermanentError,
        "The Prefect server at {url!r} answered {status}.",
        "See its log, and whether its database runs; then do the same again: what is finished is kept.",
    ),
    "HOST_OPEN": input_fault(
        "At {host!r} others than this machine can reach the server, and who reaches it may run programs here.",
        "Set PREFECT_SERVER_API_AUTH_STRING to `user:password` and start it again, or leave `--host` out.",
    ),
    "HOST_UNKNOWN": input_fault("{host!r} is no address of this machine.", "`--host 0.0.0.0` stands for all of them."),
    "PORT_TAKEN": input_fault("Port {port} is taken.", "Name another one, or leave `--port` out."),
    "EXTRA_MISSING": input_fault(
        "{command} needs a package that is not installed: {package!r}.",
        "Install `pressroom[{extra}]`, or in this project run `uv sync --extra {extra}`.",
    ),
    "BATCH_TOO_LARGE": input_fault(
        "The request asks for {size:,} items; one call takes {limit:,} at most.",
        "Send them in several calls, or write them to a spec file and give that to `run_batch`.",
    ),
    "CRASHES_AGAIN": Fault(
        PermanentError,
        "The run has crashed {times} times, each time after it was taken up again.",
        "See the worker's log for why (memory, a full disk), and then `Retry` the run.",
    ),
    "SCHEDULED_BATCH_ID": input_fault(
        "The schedule's spec says `batch_id: {batch_id}`, so that each week would go on with the first one.",
        "Remove `batch_id`: a scheduled batch is named by its deployment and its time.",
    ),
    "RUNNER_UNFIT": input_fault("This batch cannot run on {runner!r}: {why}.", "{hint}"),
    "BATCH_BUSY": Fault(
        PermanentError, "Batch {batch_id!r} is already running ({owner}).", "Wait for it, or cancel it first."
    ),
    "BATCH_TAKEN": input_fault(
        "Batch {batch_id!r} is {what}.", "{hint}Give this one a name of its own, or leave the name out."
    ),
    "LEASE_LOST": Fault(StoppedError, "Another run has taken over batch {batch_id!r}.", "Follow that run instead."),
    # Models and money
    "MODEL_UNKNOWN": input_fault("There is no model {model!r}: {why}.", "{hint}"),
    "MODEL_NONE": input_fault("{what} needs a language model, and the batch says `none`.", "Name one in `model`."),
    "MODEL_KEY_MISSING": input_fault(
        "{model!r} needs a key, and the environment has no {variable}.",
        "Set {variable} in the environment of whatever runs the batch.",
    ),
    "MODEL_SETTINGS_INVALID": input_fault("{path!r}, {field}: {why}.", "Correct the file there."),
    "LOCAL_MODEL_MISSING": input_fault(
        "The local model {model!r} is not installed.", "Run `uv sync --group local`, or name another model."
    ),
    "PRICE_UNKNOWN": input_fault(
        "The price of {model!r} is not known, and the batch has a budget.",
        "Give its price in {path!r}, or leave the budget out.",
    ),
    "LIMIT_TOO_SMALL": input_fault(
        "A call of {what} {unit} will never fit into the limit of {limit} in {seconds:g} s of lane {lane!r}.",
        "Raise that limit, or ask for less at once.",
    ),
    "LIMIT_WAIT": Fault(
        TransientError,
        "A call of {model!r} waited {seconds:g} s for {why}.",
        "Raise `models.wait_seconds`, or resume later.",
    ),
    "BUDGET_EXCEEDED": Fault(
        StoppedError,
        "The budget of {scope} {name!r} is used up: {spent} of {usd} USD, and the next call may cost {worst}.",
        "{hint}",
    ),
    "CAP_EXCEEDED": Fault(
        PermanentError,
        "The cap {cap!r} of {name!r} is used up: {spent} of {usd} USD, and the next call may cost {worst}.",
        "Raise that cap in the spec and run that again under the same batch id: it goes on where it ended.",
    ),
    "TOKENS_EXCEEDED": Fault(
        PermanentError,
        "{item_id!r} has used {spent:,} of its {limit:,} tokens, and the next call may take {worst:,}.",
        "Raise `budget.item_tokens` in the spec and run that again under the same batch id.",
    ),
    "API_RATE_LIMIT": Fault(TransientError, "{model!r} refuses further calls for now: {why}.", "It may work later."),
    "AUTH_ERROR": Fault(PermanentError, "{model!r} refuses the key: {why}.", "Check the key in the environment."),
    "QUOTA_EXCEEDED": Fault(
        PermanentError, "The account of {model!r} has no credit left: {why}.", "Add credit, then `pressroom resume`."
    ),
    "MODEL_REFUSED_REQUEST": Fault(
        PermanentError, "{model!r} does not take the request: {why}.", "Correct the model's settings or the prompt."
    ),
    "ANSWER_TRUNCATED": Fault(
        PermanentError,
        "{model!r} ended after {tokens} tokens, in mid-answer.",
        "Name another model, or raise `max_tokens` where a config sets it.",
    ),
    "ANSWER_REFUSED": Fault(PermanentError, "{model!r} declined to answer: {why}.", "Change what is asked for."),
    "ANSWER_EMPTY": Fault(TransientError, "{model!r} answered with nothing.", "Another attempt may bring more."),
    "ANSWER_UNPARSABLE": Fault(
        TransientError, "The answer of {model!r} is not what was asked for: {why}.", "Another attempt may bring it."
    ),
    "ANSWER_TOO_LARGE": Fault(
        PermanentError,
        "{model!r} sent more than {limit:,} bytes.",
        "Name another model, or lower `max_tokens` where a config sets it.",
    ),
    "ANSWER_BROKEN": Fault(
        TransientError, "{model!r} broke off in its answer: {why}.", "Another attempt may bring all of it."
    ),
    # People
    "REVIEW_REJECTED": Fault(
        PermanentError, "{item_id!r} was rejected in review{note}.", "`pressroom retry` makes it again."
    ),
    "NOT_IN_REVIEW": input_fault("{item_id!r} of batch {batch_id!r} does not wait for review: {why}.", "{hint}"),
    "OUTPUT_CHANGED": input_fault(
        "{path!r} is not what {item_id!r} was saved with: it was changed, or is gone.",
        "`{edit}` takes a change over; `pressroom resume` makes what is gone again.",
    ),
    "EDIT_BREAKS_RULES": input_fault(
        "The edited file {path!r} breaks {number}: {broken}.",
        "Mend the file, or add `--despite-rules`: it is taken as it is then, and the decision says which it breaks.",
    ),
    # What ends work
    "TIMEOUT": Fault(TransientError, "{what} took longer than {seconds:g} s.", "Raise the timeout if it is too short."),
    "TEMPORARY_ERROR": Fault(TransientError, "{what}", "It may work later."),
    "ITEM_DEADLINE": Fault(
        StoppedError,
        "{item_id!r} passed its deadline of {seconds:g} s.",
        "Raise `{option}` in the spec and run that again under the same batch id.",
    ),
    "BATCH_DEADLINE": Fault(
        StoppedError, "The batch passed its deadline of {seconds:g} s.", "Resume it to go on where it ended."
    ),
    "WORK_BUSY": Fault(
        TransientError,
        "{item_id!r} would write {path!r}, which {other!r} of batch {batch_id!r} is to write.",
        "Wait for that batch or cancel it, then `pressroom retry`.",
    ),
    "UPSTREAM_FAILED": Fault(
        PermanentError, "Skipped: stage {stage!r} failed before it ({code}).", "Mend that failure, then retry."
    ),
    "PREDECESSOR_FAILED": Fault(
        PermanentError,
        "Skipped: {other!r}, which it waits for, {ended}.",
        "Mend that, then `pressroom retry` makes both.",
    ),
    "PREDECESSOR_IN_REVIEW": Fault(
        PermanentError,
        "Skipped: {other!r}, which it waits for, waits for review.",
        "`pressroom review` decides on that; then `pressroom resume` goes on.",
    ),
    "CANCELLED": Fault(StoppedError, "Cancelled {by}.", "`pressroom resume` goes on from here."),
    "FAIL_FAST": Fault(StoppedError, "Ended because {item_id!r} failed ({code}).", "Mend that failure, then resume."),
    "CANARY_FAILED": Fault(
        StoppedError,
        "The first {count} items all failed with {code}, and the others were not begun.",
        "Mend that, then `pressroom resume`; `canary: 0` begins all at once.",
    ),
    "TOO_MANY_FAILURES": Fault(
        StoppedError,
        "{why}.",
        "Mend that, then `pressroom resume`; `on_failures: continue` goes on whatever fails.",
    ),
    "BATCH_FAILED": Fault(BatchFailed, "{why}", "See the results for each item's reason."),
    "BATCH_STOPPED": Fault(BatchFailed, "{why}", "Resume the batch to go on where it ended."),
    "INTERNAL": Fault(PermanentError, "{what}", "This is a fault of Pressroom; please report it with this text."),
}
add_faults(ROWS)
