// The forms of a page as a browser without script sees them.
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

export function decode_entities(text) {
    return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name) => {
        if (/^#x/i.test(name)) return String.fromCodePoint(parseInt(name.slice(2), 16));
        if (name.startsWith("#")) return String.fromCodePoint(parseInt(name.slice(1), 10));
        return ENTITIES[name.toLowerCase()] ?? whole;
    });
}

function attributes(tag) {
    const found = {};
    for (const match of tag.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)) {
        const value = match[2] ?? match[3] ?? match[4] ?? "";
        found[match[1].toLowerCase()] ??= decode_entities(value);
    }
    return found;
}

// The page's words without markup, spaces folded.
export function visible_text(html) {
    const without_code = html.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, " ");
    return decode_entities(without_code.replace(/<[^>]*>/g, " "))
        .replace(/\s+/g, " ")
        .trim();
}

// [{action, method, inputs: [{name, value, type, checked}], buttons: [{name, value, text}]}]
export function parse_forms(html) {
    return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, tag, content]) => {
        const { action = "", method = "get" } = attributes(tag);
        const inputs = [...content.matchAll(/<input\b([^>]*)>/gi)].map((match) => {
            const { name, value, type = "text", checked } = attributes(match[1]);
            return {
                name,
                value: value ?? "",
                type: type.toLowerCase(),
                checked: checked !== undefined,
            };
        });
        const buttons = [...content.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(
            ([, button, label]) => {
                const { name, value = "" } = attributes(button);
                return { name, value, text: visible_text(label) };
            },
        );
        for (const input of inputs.filter(({ type }) => type === "submit")) {
            buttons.push({ name: input.name, value: input.value, text: input.value });
        }
        return { action, method: method.toLowerCase(), inputs, buttons };
    });
}
