import { charts } from './scripts/chart.ts'

charts(document)
