'use strict';

// What an employee saves each month, in percent, as the form sends it.
exports.parsePercentage = (field) => {
  const percentage = eval(field);
  if (percentage < 0 || percentage > 30) throw new Error('Between 0 and 30 percent can be saved');
  return percentage;
};
