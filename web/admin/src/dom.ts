// Making and updating elements. No text ever becomes markup, and no style attribute is written.

type Child = Node | string;
type Attributes = Record<string, string | number | boolean>;

function fill(element: Element, attributes: Attributes, children: Child[]): void {
    for (const [name, value] of Object.entries(attributes)) set(element, name, value);
    element.append(...children);
}

export function h<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag,
    attributes: Attributes = {},
    ...children: Child[]
): HTMLElementTagNameMap[Tag] {
    const element = document.createElement(tag);
    fill(element, attributes, children);
    return element;
}

export function s<Tag extends keyof SVGElementTagNameMap>(
    tag: Tag,
    attributes: Attributes = {},
    ...children: Child[]
): SVGElementTagNameMap[Tag] {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    fill(element, attributes, children);
    return element;
}

export function set(element: Element, name: string, value: string | number | boolean): void {
    const text = value === true ? "" : String(value);
    if (value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

// Only what changed is written, so that selections and screen readers are left in peace.
export function say(element: Node, text: string): void {
    if (element.textContent !== text) element.textContent = text;
}

export function by_id(id: string): HTMLElement {
    const element = document.getElementById(id);
    if (!element) throw new Error(`the page has no #${id}`);
    return element;
}

export interface Row<Value> {
    element: HTMLElement;
    update(value: Value): void;
}

// A list whose rows stay the same elements while their keys do. While somebody points at it or has
// the focus in it, rows keep their places, so that no button moves away under a finger.
export class KeyedList<Value> {
    private rows = new Map<string, Row<Value>>();
    private held_until = 0;

    constructor(
        readonly parent: HTMLElement,
        private readonly key_of: (value: Value) => string,
        private readonly make: (value: Value) => Row<Value>,
    ) {
        const hold = () => (this.held_until = performance.now() + 3000);
        parent.addEventListener("pointermove", hold);
        parent.addEventListener("pointerdown", hold);
    }

    show(values: Value[]): void {
        const wanted = new Set(values.map(this.key_of));
        for (const [key, row] of this.rows) {
            if (wanted.has(key)) continue;
            row.element.remove();
            this.rows.delete(key);
        }
        const frozen =
            performance.now() < this.held_until || this.parent.contains(document.activeElement);
        let place: Element | null = null;
        for (const value of values) {
            const key = this.key_of(value);
            let row = this.rows.get(key);
            if (!row) {
                row = this.make(value);
                this.rows.set(key, row);
                this.parent.append(row.element);
            }
            row.update(value);
            const next: Element | null = place ? place.nextElementSibling : this.parent.firstElementChild;
            if (!frozen && next !== row.element) this.parent.insertBefore(row.element, next);
            place = row.element;
        }
    }
}
