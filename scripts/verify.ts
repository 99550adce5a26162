import { runSteps } from './checks/run-steps.ts'
import { quickSteps } from './checks/steps.ts'

process.exit(await runSteps(quickSteps))
