import { defineConfig } from "vitest/config";

/** What is left out, and why, is said in the module that stands in for it. */
const LEFT_OUT_INSTEAD = new URL("src/map/left_out.ts", import.meta.url).pathname;
const LEFT_OUT = /\/render\/canvas\/(style|hitdetect)\.js$/;

export default defineConfig({
  base: "/",
  plugins: [
    {
      name: "left-out",
      enforce: "pre",
      resolveId: (source, importer) => (importer?.includes("/node_modules/ol/") && LEFT_OUT.test(source) ? LEFT_OUT_INSTEAD : null),
    },
  ],
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    // One script and one style sheet: the page's weight is then one figure, and tests measure it.
    cssCodeSplit: false,
    rollupOptions: { output: { inlineDynamicImports: true } },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": "http://127.0.0.1:8000" },
  },
  // The files share nothing they change, so one process can take one after the other; a new one for each took twice as long.
  test: { include: ["src/**/*.test.ts"], environment: "node", isolate: false, setupFiles: ["src/messages/hold_both.ts"] },
});
