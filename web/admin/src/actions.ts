// What an operator does: one POST each, with the token of this session.

export class Actions {
    token = "";

    forgive(resource: string, client_id: string, subject: string): Promise<boolean> {
        return this.post("/admin/forgive", { resource, client_id, subject });
    }
    acknowledge(resource: string, tool: string): Promise<boolean> {
        return this.post("/admin/acknowledge", { resource, tool });
    }

    private async post(path: string, body: Record<string, string>): Promise<boolean> {
        try {
            const answer = await fetch(path, {
                method: "POST",
                headers: { "Content-Type": "application/json", "Sluice-Form-Token": this.token },
                body: JSON.stringify(body),
            });
            if (answer.status === 401) location.assign("/admin/login");
            return answer.ok;
        } catch {
            return false;
        }
    }
}
