import { BarChart } from 'echarts/charts';
import { BrushComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, BrushComponent, GridComponent, TooltipComponent, SVGRenderer]);

/** The chart engine with only what the console draws. */
export { init };
