// The tools of a small notes server, for both generations of the SDK's server.
import * as z from "zod";

const text = (value) => ({ content: [{ type: "text", text: value }] });

// server: an McpServer; notes: Map from id to text, shared by all of its sessions.
export function register_notes(server, notes) {
    server.registerTool("list_notes", { description: "Names of all notes" }, async () =>
        text([...notes.keys()].join("\n")),
    );
    server.registerTool(
        "get_note",
        { description: "One note", inputSchema: z.object({ id: z.string() }) },
        async ({ id }) => text(notes.get(id) ?? "no such note"),
    );
    server.registerTool(
        "create_note",
        {
            description: "Write a note",
            inputSchema: z.object({ id: z.string(), text: z.string() }),
        },
        async ({ id, text: content }) => {
            notes.set(id, content);
            return text(`created ${id}`);
        },
    );
    server.registerTool(
        "delete_note",
        { description: "Delete a note", inputSchema: z.object({ id: z.string() }) },
        async ({ id }) => text(notes.delete(id) ? `deleted ${id}` : `no note ${id}`),
    );
}
