// Three files with fixed names: the program embeds them, and its policy lets no inline code run.
import { defineConfig } from "vite";

export default defineConfig({
    base: "/admin/",
    build: {
        outDir: "built",
        target: "es2022",
        modulePreload: false,
        rollupOptions: {
            output: {
                entryFileNames: "page.js",
                assetFileNames: "page.[ext]",
            },
        },
    },
});
