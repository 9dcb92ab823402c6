"""Names that would do something, were a page to take them for more than text.

Each that is obeyed sets the title of the page to `run`, or leaves the place it was put in.
"""

SET = "document.title='run'"

PAYLOADS = [
    f"<script>{SET}</script>",
    f"</script><script>{SET}</script>",
    f"<ScRiPt >{SET}</sCrIpT>",
    f"<scr<script>ipt>{SET}</script>",
    f'"><img src=x onerror={SET}>',
    f"'><img src=x onerror={SET}>",
    f"<img src=x onerror={SET}//",
    f"</style><svg onload={SET}>",
    f"<svg><animate onbegin={SET} attributeName=x dur=1s>",
    f"</title><body onload={SET}>",
    f"<details open ontoggle={SET}>",
    f"<iframe srcdoc='<script>parent.{SET}</script>'>",
    f'" onmouseover="{SET}',
    f"' onfocus='{SET}' autofocus='",
    f"javascript:{SET}",
    f"<a href=javascript:{SET}>x</a>",
    f"<meta http-equiv=refresh content='0;url=javascript:{SET}'>",
    "<base href=//example.org/>",
    f"<!--><img src=x onerror={SET}>-->",
    f"--><script>{SET}</script>",
    f"]]><script>{SET}</script>",
    f"&lt;script&gt;{SET}&lt;/script&gt;",
    "{{ 7 * 7 }} {% raw %} ${7*7} }</style",
    f"`+{SET}+`",
    f"[x](javascript:{SET}) | a|b `c` *d* \\u003cscript>",
    "$x_$",  # to matplotlib a formula, and no good one
]

FEW = [PAYLOADS[first : first + 5] for first in range(0, len(PAYLOADS), 5)]
"""As many as are drawn by name."""
