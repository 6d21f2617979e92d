import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

// `npm run dev` serves the pages with reload and asks a lab on its usual port for the rest.
export default defineConfig({
  plugins: [solid()],
  build: { target: 'es2022', sourcemap: false },
  server: { proxy: { '/api': { target: 'http://localhost:8080', ws: true } } },
})
