'use strict';

// A user's allocations with more stocks than the threshold that the browser asks for.
exports.findAbove = (allocations, userId, threshold) =>
  allocations.find({ $where: `this.userId == ${userId} && this.stocks > '${threshold}'` }).toArray();
