import { findChromium } from './checks/chromium.ts'
import { runSteps } from './checks/run-steps.ts'
import { benchStep, browserStep, buildStep, quickSteps, simulationStep } from './checks/steps.ts'

const chromium = findChromium()
if (!chromium.ok) console.error(chromium.reason)
process.exit(
  await runSteps([...quickSteps, simulationStep, buildStep, browserStep(chromium), benchStep(chromium)]),
)
