import type { Report } from './build-report.js';

/**
 * A report as one HTML file that needs nothing else, neither network nor scripts. What draws its pictures is loaded here
 * and nowhere else: it is larger than everything that other commands need together.
 */
export async function reportHtml(report: Report): Promise<string> {
  const { pageOf } = await import('./html/page.js');
  return pageOf(report);
}
