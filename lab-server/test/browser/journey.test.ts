// The main job in a browser: open the printed address, choose, repair in the terminal, see it solved, read the report.
import { mkdirSync } from 'node:fs'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabProcess, startLabProcess } from '../../bench/lab-process.ts'
import { browserPath, startBrowser } from './browser.ts'

const pictures = new URL('../../../test-results/', import.meta.url).pathname
const sizes = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const

describe.skipIf(!browserPath)('a student, in a browser', () => {
  let lab: LabProcess
  let browser: Browser

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    lab = await startLabProcess({ LAB_WARM_POOL: '1' })
    browser = await startBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await lab?.stop()
  }, 60_000)

  for (const { name, width, height } of sizes) {
    test(`repairs a scenario on a ${name} and reads the report`, { timeout: 180_000 }, async () => {
      const page = await browser.newPage({
        viewport: { width, height },
        colorScheme: name === 'phone' ? 'light' : 'dark',
      })
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      const isPhone = name === 'phone'
      const look = (what: string) => page.screenshot({ path: `${pictures}${name}-${what}.png` })
      const showPanel = async (title: string) => {
        if (isPhone) await page.getByRole('tab', { name: title }).locator('visible=true').click()
      }

      await page.goto(`${lab.url}/#token=${lab.token}`)
      await page.getByPlaceholder('Filter').fill('task list')
      await page.getByRole('button', { name: /Bring the task list back/ }).click()
      await look('catalogue')
      expect(page.url()).not.toContain(lab.token)

      await page.getByRole('button', { name: 'Start', exact: true }).click()
      await page.waitForURL(/\/attempts\//)
      await terminalShows(page, 'student@lab')
      await showPanel('Ticket')
      await page.getByText('The task list loads').waitFor()
      await look('broken')

      await showPanel('Terminal')
      await type(page, 'kubectl patch service backend-svc -p \'{"spec":{"selector":{"app":"backend"}}}\'')
      await terminalShows(page, 'service/backend-svc patched')
      await page.reload()
      await terminalShows(page, 'service/backend-svc patched')

      await showPanel('Ticket')
      await page.getByRole('heading', { name: 'Users are served again' }).waitFor({ timeout: 60_000 })
      await page.getByText('What you changed').waitFor()
      await look('solved')

      await page.getByRole('link', { name: 'Open the report as a page' }).click()
      await page.getByRole('heading', { name: 'Bring the task list back' }).waitFor()
      await page.getByText('Service/backend-svc').first().waitFor()
      await look('report')
      expect(errors).toEqual([])
      await page.close()
    })
  }
})

async function type(page: Page, command: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.type(command)
  await page.keyboard.press('Enter')
}

/** Waits until the terminal's rows, joined as one line, contain the text. */
async function terminalShows(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => (document.querySelector('.xterm-rows')?.textContent ?? '').replaceAll('\u00a0', ' ').includes(wanted),
    text,
    { timeout: 60_000 },
  )
}
