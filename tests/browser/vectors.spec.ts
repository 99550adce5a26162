import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { besideTheApp } from '../support/browser/device.ts'
import { expect, story } from '../support/browser/story.ts'

const NAME = 'holdfastVectors'

/** The same checks that the unit tests run under Node, as one script for a page. */
const checksAsScript = async (): Promise<string> => {
  const input = fileURLToPath(new URL('../support/vectors/public-sets.ts', import.meta.url))
  const bundle = await rolldown({ input })
  const { output } = await bundle.generate({ format: 'iife', name: NAME })
  await bundle.close()
  return output[0].code
}

story('the browser computes what the public test vectors say', async ({ app, device }) => {
  const page = await besideTheApp(await device(), app)
  const outcome: { checked: number; failed: string[] } = await page.evaluate(
    `(async () => {
      ${await checksAsScript()}
      const failed = []
      for (const { name, holds } of ${NAME}.publicSets) if (!(await holds().catch(() => false))) failed.push(name)
      return { checked: ${NAME}.publicSets.length, failed }
    })()`,
  )
  expect(outcome.failed).toEqual([])
  expect(outcome.checked).toBeGreaterThan(50)
})
